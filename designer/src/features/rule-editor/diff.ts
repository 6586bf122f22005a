import type { RuleDef, RuleRow } from '@/api/types'
import type { Shape } from '@/expr/value'
import type { Lang } from '@/rule/sentence'
import { rowText, thenText } from './rows'

export interface Difference {
  kind: 'added' | 'removed' | 'changed' | 'moved' | 'on' | 'off' | 'renamed' | 'other'
  /** The row's place in the new rule (in the old one when it is gone), counted from 1; 0 for the rule itself. */
  n: number
  before?: string
  after?: string
}

/** What publishing would change in a rule, row by row, in words. */
export function differences(live: RuleDef | undefined, draft: RuleDef, shape: Shape, lang: Lang): Difference[] {
  const text = (rule: RuleDef, row: RuleRow) => rowText(rule, row, shape, lang)
  if (!live) return draft.rows.map((row, i) => ({ kind: 'added', n: i + 1, after: text(draft, row) }))
  const out: Difference[] = []
  const was = new Map(live.rows.map((row, i) => [row.id, { row, i }]))
  const now = new Set(draft.rows.map((r) => r.id))
  live.rows.forEach((row, i) => {
    if (!now.has(row.id)) out.push({ kind: 'removed', n: i + 1, before: text(live, row) })
  })
  const kept = live.rows.filter((r) => now.has(r.id)).map((r) => r.id)
  const order = draft.rows.filter((r) => was.has(r.id)).map((r) => r.id)
  const moved = movedIds(kept, order)
  draft.rows.forEach((row, i) => {
    const old = was.get(row.id)?.row
    if (!old) {
      out.push({ kind: 'added', n: i + 1, after: text(draft, row) })
      return
    }
    const [before, after] = [text(live, old), text(draft, row)]
    if (before !== after) out.push({ kind: 'changed', n: i + 1, before, after })
    else if (
      JSON.stringify([old.if, old.when, old.then, old.from, old.to]) !==
      JSON.stringify([row.if, row.when, row.then, row.from, row.to])
    )
      out.push({ kind: 'changed', n: i + 1, after })
    if (!!old.off !== !!row.off) out.push({ kind: row.off ? 'off' : 'on', n: i + 1, after })
    if (moved.has(row.id)) out.push({ kind: 'moved', n: i + 1, after })
    if (JSON.stringify(old.name) !== JSON.stringify(row.name)) out.push({ kind: 'renamed', n: i + 1, after })
  })
  const rest = (r: RuleDef) => JSON.stringify([r.name, r.note, r.mode, r.hitPolicy, r.inputs, r.outputs])
  if (rest(live) !== rest(draft)) out.push({ kind: 'other', n: 0 })
  if (JSON.stringify(live.noMatch) !== JSON.stringify(draft.noMatch)) {
    out.push({ kind: 'changed', n: 0, before: noMatchText(live, shape, lang), after: noMatchText(draft, shape, lang) })
  }
  return out
}

/** What happens when no row holds, in words. */
export function noMatchText(rule: RuleDef, shape: Shape, lang: Lang): string {
  const { action, then, reason } = rule.noMatch
  const words =
    lang === 'en'
      ? { keep: 'Otherwise nothing changes', set: 'Otherwise: ', refuse: 'Otherwise refuse: ' }
      : { keep: '否则保持不变', set: '否则：', refuse: '否则拒绝：' }
  if (action === 'set') return words.set + thenText(rule, then, shape, lang)
  if (action === 'refuse')
    return words.refuse + ((lang === 'en' ? reason?.en || reason?.zh : reason?.zh || reason?.en) ?? '')
  return words.keep
}

/** The fewest ids that must have been moved: those outside a longest common order. */
function movedIds(before: readonly string[], after: readonly string[]): Set<string> {
  const rank = new Map(before.map((id, i) => [id, i]))
  const seq = after.map((id) => rank.get(id) ?? 0)
  const best = seq.map(() => 1)
  const prev = seq.map(() => -1)
  let end = -1
  seq.forEach((v, i) => {
    for (let j = 0; j < i; j++) {
      if ((seq[j] ?? 0) < v && (best[j] ?? 0) + 1 > (best[i] ?? 0)) {
        best[i] = (best[j] ?? 0) + 1
        prev[i] = j
      }
    }
    if (end < 0 || (best[i] ?? 0) > (best[end] ?? 0)) end = i
  })
  const stay = new Set<number>()
  for (let i = end; i >= 0; i = prev[i] ?? -1) stay.add(i)
  return new Set(after.filter((_, i) => !stay.has(i)))
}
