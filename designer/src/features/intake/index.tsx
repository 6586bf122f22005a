import { useApiForm } from '@/api/queries'
import { useLabel } from '@/i18n'
import { EmptyState, ErrorState, Loading } from '@/ui/State'
import { IntakeForm } from './IntakeForm'
import { useT } from './texts'

/** A new record of a form. */
export default function Intake({ form }: { form: string }) {
  const t = useT()
  const label = useLabel()
  const info = useApiForm(form)
  if (info.isPending) return <Loading />
  if (info.error || !info.data) return <ErrorState error={info.error} onRetry={() => void info.refetch()} />
  if (!info.data.access.create) {
    return <EmptyState icon="lock" title={t('denied', { form: label(info.data.definition.name, form) })} />
  }
  return <IntakeForm key={info.data.release} info={info.data} />
}
