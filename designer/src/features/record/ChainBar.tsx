import { useMe } from '@/api/queries'
import type { ChainDef, Rec } from '@/api/types'
import { useLabel, useLang } from '@/i18n'
import { formatTime } from '@/i18n/format'
import { cx } from '@/lib/cx'
import { Icon } from '@/ui/Icon'
import { stepsOf } from './stepper'
import { useT } from './texts'

/** Where the record stands in its chain, since when, until when, and who must act. */
export function ChainBar({ chain, record }: { chain: ChainDef; record: Rec }) {
  const t = useT()
  const label = useLabel()
  const lang = useLang()
  const me = useMe()
  const steps = stepsOf(chain, record.state)
  const n = steps.findIndex((s) => s.at === 'now')
  const now = steps[n]?.state
  const owners = (now?.owner ?? []).map((id) => label(me.roles.find((r) => r.id === id)?.name, id))
  const time = (at: string) => formatTime(at, lang, me.tenant.zone)
  const late = record.due !== undefined && Date.parse(record.due) < Date.now()
  return (
    <section className="chain panel">
      <p className="chain-phone">
        <strong>{label(now?.name, record.state)}</strong>
        <span className="muted">{t('stepOf', { n: n + 1, all: steps.length })}</span>
      </p>
      <ol className="chain-steps">
        {steps.map((s) => (
          <li
            key={s.state.id}
            className={cx('chain-step', `chain-${s.at}`, `c-${s.state.color ?? 'gray'}`)}
            aria-current={s.at === 'now' ? 'step' : undefined}
          >
            <span className="chain-dot">{s.at === 'done' && <Icon name="check" size={14} />}</span>
            <span className="chain-name">{label(s.state.name, s.state.id)}</span>
          </li>
        ))}
      </ol>
      <p className="chain-facts">
        {record.entered && <span>{t('since', { when: time(record.entered) })}</span>}
        {record.due && !now?.final && (
          <span className={late ? 'chain-late' : undefined}>
            <Icon name="clock" size={16} /> {t(late ? 'late' : 'due', { when: time(record.due) })}
          </span>
        )}
        {owners.length > 0 && <span>{t('waits', { who: owners.join(lang === 'zh' ? '、' : ', ') })}</span>}
      </p>
    </section>
  )
}
