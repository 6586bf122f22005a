import { QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { onSignedOut } from '@/api/client'
import { createQueryClient, useApiMe } from '@/api/queries'
import { lang, locale, setLang, useLang } from '@/i18n'
import { storage } from '@/lib/storage'
import { endLive, startLive } from '@/live/live'
import { Loading } from '@/ui/State'
import { Toasts } from '@/ui/Toast'
import { forgetNames } from '@/views/names'
import { Failure } from './Failure'
import { Pages } from './Pages'
import { Shell } from './Shell'

const SignIn = lazy(() => import('@/features/sign-in'))

export function App() {
  const [client] = useState(createQueryClient)
  const current = useLang()
  useEffect(() => {
    document.documentElement.lang = locale(current)
  }, [current])
  return (
    <QueryClientProvider client={client}>
      <Session />
      <Suspense fallback={null}>
        <Switch>
          <Route path="/signin">
            <SignIn mode="signin" />
          </Route>
          <Route path="/setup">
            <SignIn mode="setup" />
          </Route>
          <Route>
            <Inside />
          </Route>
        </Switch>
      </Suspense>
      <Toasts />
    </QueryClientProvider>
  )
}

/** Ties the ends of a session together: signed out anywhere is signed out everywhere, with the place kept. */
function Session() {
  const client = useQueryClient()
  const [, go] = useLocation()
  useEffect(() => {
    const signedOut = () => {
      endLive()
      forgetNames()
      client.clear()
      const { pathname, search } = window.location
      if (pathname === '/signin' || pathname === '/setup') return
      const place = pathname + search
      go(place === '/' ? '/signin' : `/signin?next=${encodeURIComponent(place)}`, { replace: true })
    }
    onSignedOut(signedOut)
    return startLive({ signedOut, release: () => void client.invalidateQueries() })
  }, [client, go])
  return null
}

/** Everything that needs somebody signed in. */
function Inside() {
  const me = useApiMe()
  const wants = me.data?.actor.lang
  useEffect(() => {
    if (wants && !storage.get('lang') && wants !== lang.get()) setLang(wants)
  }, [wants])
  if (me.data) {
    return (
      <Shell>
        <Pages />
      </Shell>
    )
  }
  if (me.error && 'status' in me.error && me.error.status === 401) return <Redirect to="/signin" replace />
  if (me.error) return <Failure error={me.error} onRetry={() => void me.refetch()} />
  return <Loading />
}
