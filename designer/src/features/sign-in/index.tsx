import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { api } from '@/api/client'
import { ApiError, byPath, sentence } from '@/api/errors'
import { queries } from '@/api/queries'
import { setLang, texts, useLang } from '@/i18n'
import { Button } from '@/ui/Button'
import { Field, Input } from '@/ui/Field'
import { useTitle } from '@/ui/title'
import en from './en.json'
import './sign-in.css'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** Only places of this site: an address from a link must not lead away. */
export function safePlace(next: string | null): string | undefined {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/signin') ? next : undefined
}

/** Signs in, or with mode "setup" makes the first administrator with the token behind # in the link of the console. */
export default function SignIn({ mode }: { mode: 'signin' | 'setup' }) {
  const t = useT()
  const lang = useLang()
  const setup = mode === 'setup'
  const client = useQueryClient()
  const [, go] = useLocation()
  const [params] = useSearchParams()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  useTitle(t(setup ? 'setupTitle' : 'title'))

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body: Record<string, string> = {}
    for (const [key, value] of new FormData(event.currentTarget))
      body[key] = key === 'password' ? String(value) : String(value).trim()
    setBusy(true)
    setError(undefined)
    try {
      if (setup) await api.post('/setup', body)
      await api.post('/sessions', { email: body.email, password: body.password })
      client.clear()
      const me = await client.fetchQuery(queries.me())
      go(safePlace(params.get('next')) ?? (me.home ? `/views/${me.home}` : '/'), { replace: true })
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }

  const problems = error instanceof ApiError ? byPath(error.problems) : {}
  const at = (name: string) => problems[`/${name}`]
  const placed = ['email', 'password', 'token', 'name'].some(at)
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={(e) => void submit(e)} noValidate={false}>
        <div className="sign-in-mark">
          <img src="/mark.svg" alt="" width={44} height={44} />
          <span>
            <strong>活水</strong> Sluice
          </span>
        </div>
        <div>
          <h1>{t(setup ? 'setupTitle' : 'title')}</h1>
          <p className="muted">{t(setup ? 'setupLead' : 'lead')}</p>
        </div>
        {setup && (
          <>
            <Field label={t('token')} error={at('token')}>
              {(p) => (
                <Input
                  {...p}
                  name="token"
                  required
                  autoComplete="off"
                  className="mono"
                  defaultValue={window.location.hash.slice(1)}
                />
              )}
            </Field>
            <Field label={t('name')} error={at('name')}>
              {(p) => <Input {...p} name="name" required autoComplete="name" />}
            </Field>
          </>
        )}
        <Field label={t('email')} error={at('email')}>
          {(p) => (
            <Input
              {...p}
              name="email"
              type="email"
              required
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label={t('password')} error={at('password')} note={setup ? t('passwordNote') : undefined}>
          {(p) => (
            <Input
              {...p}
              name="password"
              type="password"
              required
              autoComplete={setup ? 'new-password' : 'current-password'}
            />
          )}
        </Field>
        <p className="sign-in-error" role="alert">
          {error && !placed ? sentence(error) : ''}
        </p>
        <Button type="submit" look="primary" busy={busy}>
          {t(setup ? 'setup' : 'signIn')}
        </Button>
      </form>
      <Button
        look="quiet"
        lang={lang === 'zh' ? 'en' : 'zh-CN'}
        icon="globe"
        onClick={() => setLang(lang === 'zh' ? 'en' : 'zh')}
      >
        {t('language')}
      </Button>
    </main>
  )
}
