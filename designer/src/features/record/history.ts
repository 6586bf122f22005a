import type { ChainDef, FormDef, Json, RecordEvent } from '@/api/types'
import { members } from '@/fields/members'
import { type Lang, label, type T } from '@/i18n'
import type { Key } from './texts'

export interface HistoryLine {
  /** What happened, as a sentence. */
  text: string
  /** Field by field what changed, the evidence, a comment. */
  details: string[]
  /** Why rules decided as they did. */
  why: string[]
}

interface Names {
  form: FormDef
  chain: ChainDef | null
  rules: Map<string, string>
  lang: Lang
  t: T<Key>
}

function who(e: RecordEvent, t: T<Key>): string {
  if (e.actor.name) return e.actor.name
  const kinds: Record<string, Key> = { connector: 'connector', timer: 'timer', system: 'system' }
  const kind = kinds[e.actor.kind ?? '']
  return kind ? t(kind) : e.actor.id || t('system')
}

function shown(n: Names, field: string, value: Json): string {
  const f = n.form.fields.find((x) => x.id === field)
  if (value === null || value === undefined || value === '') return n.t('ev.empty')
  if (f?.type === 'lines') return n.t('linesChanged', { n: Array.isArray(value) ? value.length : 0 })
  return (f ? members[f.type].text(value, f, n.lang) : String(value)) || n.t('ev.empty')
}

function fieldName(n: Names, id: string): string {
  return label(n.form.fields.find((f) => f.id === id)?.name, n.lang, id)
}

function reasons(n: Names, e: RecordEvent): string[] {
  return (e.data.explanation ?? []).map((x) => {
    const said = (n.lang === 'en' ? x.en || x.zh : x.zh || x.en) ?? ''
    const because = (x.because ?? []).map((b) => reason(b, n.lang)).filter((b) => b !== '')
    const rule = n.t('ev.rule', { rule: n.rules.get(x.rule) ?? x.rule })
    const why = because.length > 0 ? n.t('ev.because', { reasons: because.join(n.lang === 'en' ? '; ' : '；') }) : ''
    return [said ? `${rule}${n.lang === 'en' ? ': ' : '：'}${said}` : rule, why]
      .filter(Boolean)
      .join(n.lang === 'en' ? ', ' : '，')
  })
}

/** A reason is a sentence, or one in both languages. */
function reason(b: Json, lang: Lang): string {
  if (typeof b === 'string') return b
  if (b && typeof b === 'object' && !Array.isArray(b))
    return label({ zh: String(b.zh ?? ''), en: String(b.en ?? '') }, lang)
  return ''
}

/** Tells an event as a sentence in the reader's language. */
export function tell(e: RecordEvent, n: Names): HistoryLine {
  const { t, lang } = n
  const name = who(e, t)
  const changed = Object.entries(e.data.changed ?? {})
  const details = changed.map(([f, [old, now]]) =>
    t('ev.change', { field: fieldName(n, f), old: shown(n, f, old), new: shown(n, f, now) }),
  )
  const ev = e.data.evidence
  if (ev && ev.kind !== 'manual') {
    const kind = t(`evidence.${ev.kind}` as Key)
    details.push(ev.code ? t('ev.code', { kind, code: ev.code }) : t('ev.evidence', { kind }))
  }
  const line = (text: string): HistoryLine => ({ text, details, why: reasons(n, e) })
  const state = (id: string | undefined) => label(n.chain?.states.find((s) => s.id === id)?.name, lang, id ?? '')
  switch (e.type) {
    case 'record.submitted':
      return { ...line(t('ev.submitted', { who: name })), details: [] }
    case 'record.moved': {
      const move = n.chain?.transitions.find((x) => x.id === e.data.transition)
      const step = label(move?.name, lang, e.data.transition ?? '')
      return line(t('ev.moved', { who: name, step, from: state(e.data.from), to: state(e.data.to) }))
    }
    case 'record.edited':
      return line(
        t('ev.edited', { who: name, fields: changed.map(([f]) => fieldName(n, f)).join(lang === 'en' ? ', ' : '、') }),
      )
    case 'record.commented':
      return { text: t('ev.commented', { who: name }), details: [e.data.text ?? ''], why: [] }
    case 'record.deleted':
      return line(t('ev.deleted', { who: name }))
  }
}
