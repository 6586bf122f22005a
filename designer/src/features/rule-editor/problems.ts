import type { Problem, RuleDef } from '@/api/types'
import type { Shape } from '@/expr/value'
import { fill, type Label, type Lang, label } from '@/i18n'
import { type Condition, compileCondition, type RuleProblem } from '@/rule'
import { pathText } from '@/rule/sentence'
import {
  rule_match,
  rule_operator,
  rule_option,
  rule_range,
  rule_unknown_field,
  rule_value,
  rule_value_missing,
} from '../../../../schemas/wire/errors.json'
import { rowCondition } from './rows'

/** A problem with its sentence, at a row (-1 for the rule itself). */
export interface Placed {
  row: number
  text: string
}

/** Which row a pointer into the rule means. */
export function rowAt(path: string): number {
  const m = /^\/rows\/(\d+)/.exec(path)
  return m ? Number(m[1]) : -1
}

/** The server's problems, placed at their rows. */
export function placed(problems: readonly Problem[]): Placed[] {
  const seen = new Set<string>()
  return problems
    .map((p) => ({ row: rowAt(p.path), text: p.message || p.code }))
    .filter((p) => {
      const key = `${p.row} ${p.text}`
      return !seen.has(key) && seen.add(key)
    })
}

const SENTENCES: Record<string, Label> = {
  rule_match,
  rule_operator,
  rule_option,
  rule_range,
  rule_unknown_field,
  rule_value,
  rule_value_missing,
}

/** What is wrong with the conditions by itself, by row: said at once, and more to the point than the server's word on their JSON. */
export function unfinished(rule: RuleDef, shape: Shape, lang: Lang): Map<number, string[]> {
  const out = new Map<number, string[]>()
  rule.rows.forEach((row, i) => {
    const condition = rowCondition(rule, row)
    const said = compileCondition(condition, shape).problems.map((p) => sentence(p, condition, shape, lang))
    if (said.length > 0) out.set(i, [...new Set(said)])
  })
  return out
}

/** The sentence of a problem, with the name of the field that the comparison at its path looks at. */
function sentence(p: RuleProblem, condition: Condition | undefined, shape: Shape, lang: Lang): string {
  const at = p.path.split('/').slice(1, -1)
  const node = at.reduce<unknown>((n, k) => (n as Record<string, unknown> | undefined)?.[k], condition) as
    | Condition
    | undefined
  let s = shape
  let c: unknown = condition
  for (const key of at) {
    const n = c as Condition | undefined
    const i = key === 'value' && n?.match ? s.index.get(n.field ?? '') : undefined
    s = (i === undefined ? undefined : s.slots[i]?.rows) ?? s
    c = (c as Record<string, unknown> | undefined)?.[key]
  }
  const field = node?.field ? pathText(node.field, s, lang) : '…'
  const value = node?.value === undefined || node.value === null ? '' : String(node.value)
  const known = SENTENCES[p.code] ?? SENTENCES.rule_value_missing
  return fill(label(known, lang), { ...p.params, field, value, want: '' })
}
