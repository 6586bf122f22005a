import { useState } from 'react'
import { useMe } from '@/api/queries'
import type { ChainDef, FormInfo, NextMove, Rec } from '@/api/types'
import { sentenceOf } from '@/fields/form/sentences'
import { useLabel, useLang } from '@/i18n'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { MoveDialog } from './MoveDialog'
import { type Key, useT } from './texts'

/** Kinds of evidence that a person shows; the others arrive by themselves. */
const BY_HAND = new Set(['manual', 'scan', 'document', 'signature'])

export function byHand(m: NextMove): boolean {
  return m.evidence.some((p) => BY_HAND.has(p.kind))
}

/** What can be done now: a button each; what cannot, with the reason in words. */
export function NextSteps({
  record,
  info,
  chain,
  start,
  onStarted,
}: {
  record: Rec
  info: FormInfo
  chain: ChainDef
  start: string | undefined
  onStarted: () => void
}) {
  const t = useT()
  const label = useLabel()
  const lang = useLang()
  const me = useMe()
  const [open, setOpen] = useState<string | undefined>(start)
  const next = record.next ?? []
  const kinds = (m: NextMove) => m.evidence.map((p) => t(`evidence.${p.kind}` as Key)).join(lang === 'zh' ? '、' : ', ')
  const roleNames = (ids: readonly string[]) =>
    ids.map((id) => label(me.roles.find((r) => r.id === id)?.name, id)).join(lang === 'zh' ? '、' : ', ')
  const said = (m: NextMove) => (m.problems ?? []).map((p) => p.message || sentenceOf(p as never, lang)).join(' ')
  const reason = (m: NextMove) => {
    const denied = m.problems?.length === 1 && m.problems[0]?.code === 'role_denied'
    return denied && m.owner?.length ? t('turnOf', { who: roleNames(m.owner) }) : said(m)
  }
  const forward = new Map(chain.states.map((s, i) => [s.id, i]))
  const isForward = (m: NextMove) => (forward.get(m.to) ?? 0) > (forward.get(record.state ?? '') ?? 0)
  const chosen = next.find((m) => m.transition === open)
  const final = chain.states.find((s) => s.id === record.state)?.final
  return (
    <section className="panel next">
      <h2>{t('next')}</h2>
      {next.length === 0 && <p className="muted">{t(final ? 'done' : 'nobody')}</p>}
      <ul className="next-list">
        {next.map((m) => {
          const state = chain.states.find((s) => s.id === m.to)
          if (!byHand(m)) {
            return (
              <li key={m.transition} className="next-item muted">
                <Icon name="clock" size={18} />
                <span>
                  {label(state?.name, m.to)} · {t('byItself', { kinds: kinds(m) })}
                </span>
              </li>
            )
          }
          return (
            <li key={m.transition} className="next-item">
              <Button
                look={m.allowed && isForward(m) ? 'primary' : 'plain'}
                icon={m.evidence.some((p) => p.kind === 'scan') ? 'scan' : isForward(m) ? 'move' : 'back'}
                disabled={!m.allowed}
                aria-describedby={`next-${m.transition}`}
                onClick={() => setOpen(m.transition)}
              >
                {label(m.name, m.transition)}
              </Button>
              <span id={`next-${m.transition}`} className="next-note muted">
                {m.allowed ? `${label(state?.name, m.to)} · ${t('needs', { kinds: kinds(m) })}` : reason(m)}
              </span>
            </li>
          )
        })}
      </ul>
      {chosen?.allowed && byHand(chosen) && (
        <MoveDialog
          move={chosen}
          record={record}
          info={info}
          onClose={() => {
            setOpen(undefined)
            onStarted()
          }}
        />
      )}
    </section>
  )
}
