import { lazy, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { ApiError } from '@/api/errors'
import { useApiView } from '@/api/queries'
import { ErrorState, Loading } from '@/ui/State'
import { Boundary, NotFound } from './Failure'

const Home = lazy(() => import('@/features/home'))
const Board = lazy(() => import('@/features/board'))
const List = lazy(() => import('@/features/list'))
const Notices = lazy(() => import('@/features/notices'))
const Rules = lazy(() => import('@/features/rules'))
const Intake = lazy(() => import('@/features/intake'))
const RecordPage = lazy(() => import('@/features/record'))
const RuleEditor = lazy(() => import('@/features/rule-editor'))

/** The pages by address. Each loads its own script; `key` starts a page afresh for another document. */
export function Pages() {
  const [place] = useLocation()
  return (
    <Boundary place={place}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/">
            <Home />
          </Route>
          <Route path="/views/:view">{({ view }) => <View key={view} id={view} />}</Route>
          <Route path="/forms/:form/new">{({ form }) => <Intake key={form} form={form} />}</Route>
          <Route path="/forms/:form/:id">
            {({ form, id }) => <RecordPage key={`${form}/${id}`} form={form} id={id} />}
          </Route>
          <Route path="/rules">
            <Rules />
          </Route>
          <Route path="/rules/:rule">{({ rule }) => <RuleEditor key={rule} rule={rule} />}</Route>
          <Route path="/notices">
            <Notices />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  )
}

function View({ id }: { id: string }) {
  const view = useApiView(id)
  if (view.data) return view.data.definition.type === 'board' ? <Board info={view.data} /> : <List info={view.data} />
  if (view.error instanceof ApiError && view.error.status === 404) return <NotFound />
  if (view.error) return <ErrorState error={view.error} onRetry={() => void view.refetch()} />
  return <Loading />
}
