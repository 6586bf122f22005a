import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@/api/errors'
import { useApiForm } from '@/api/queries'
import { EmptyState, ErrorState, Loading } from '@/ui/State'
import { load } from './api'
import { Editor } from './Editor'
import { useT } from './texts'

/** A rule to edit, check and publish. */
export default function RuleEditor({ rule }: { rule: string }) {
  const t = useT()
  const loaded = useQuery({
    queryKey: ['rule', rule],
    queryFn: () => load(rule),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const form = useApiForm(loaded.data?.rule.form)
  const error = loaded.error ?? form.error
  if (error instanceof ApiError && error.status === 404) return <EmptyState icon="rule" title={t('title')} />
  if (error) return <ErrorState error={error} onRetry={() => void loaded.refetch()} />
  if (!loaded.data || !form.data) return <Loading />
  return (
    <Editor key={loaded.dataUpdatedAt} loaded={loaded.data} info={form.data} reload={() => void loaded.refetch()} />
  )
}
