import { members } from '../members'
import type { InputProps } from '../props'
import { useFields } from '../setup'
import { useT } from '../texts'

/** Follows from the other fields while they are typed. */
export function ComputedInput(p: InputProps) {
  const t = useT()
  const { lang } = useFields()
  const text = members.computed.text(p.value, p.field, lang)
  return (
    <output id={p.id} className={p.compact ? 'cell-output' : 'output'} aria-label={p['aria-label']} title={t('auto')}>
      {text || (p.compact ? '' : '—')}
    </output>
  )
}
