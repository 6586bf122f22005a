import type { Match, RuleDef, RuleRow, Condition as WireCondition } from '@/api/types'
import { resolve } from '@/expr/check'
import type { Shape } from '@/expr/value'
import type { Condition } from '@/rule'
import { constantText, type Lang, partsOf, sentenceOf } from '@/rule/sentence'

/** A table's input as the comparison that a cell makes of it. */
export function cellCondition(
  input: NonNullable<RuleDef['inputs']>[number],
  cell: { operator: string; value?: unknown },
): Condition {
  const own: Condition = { operator: cell.operator, value: cell.value }
  const dot = input.field.indexOf('.')
  if (!input.match || dot < 0) return { ...own, field: input.field }
  const inner: Condition = { combinator: 'and', rules: [{ ...own, field: input.field.slice(dot + 1) }] }
  return { field: input.field.slice(0, dot), operator: '=', match: input.match as Match, value: inner }
}

/** The condition of a row, of either mode. */
export function rowCondition(rule: RuleDef, row: RuleRow): Condition | undefined {
  if (rule.mode === 'list') return row.when as Condition | undefined
  const rules = (rule.inputs ?? []).flatMap((i) => {
    const cell = row.if?.[i.id]
    return cell ? [cellCondition(i, cell)] : []
  })
  return { combinator: 'and', rules }
}

/** Where in the rule the tapped comparison of a row's sentence stands. */
export function partPath(
  rule: RuleDef,
  row: RuleRow,
  i: number,
  at: readonly (string | number)[],
): (string | number)[] {
  if (rule.mode === 'list') return ['rows', i, 'when', ...at]
  const inputs = (rule.inputs ?? []).filter((input) => row.if?.[input.id])
  return ['rows', i, 'if', inputs[Number(at[1])]?.id ?? '']
}

/** The outcome of a row in words: "Warehouse → Ningbo". */
export function thenText(rule: RuleDef, then: RuleRow['then'] | undefined, shape: Shape, lang: Lang): string {
  return rule.outputs
    .filter((o) => then?.[o.field])
    .map((o) => {
      const slot = resolve(o.field, shape)?.slot
      const term = then?.[o.field]
      const name = (lang === 'en' ? slot?.name?.en || slot?.name?.zh : slot?.name?.zh || slot?.name?.en) || o.field
      return `${name} → ${term?.formula ?? constantText(term?.value, slot, lang)}`
    })
    .join(lang === 'en' ? '; ' : '；')
}

/** A row as one sentence, for lists of changes and for screen readers. */
export function rowText(rule: RuleDef, row: RuleRow, shape: Shape, lang: Lang): string {
  const when = sentenceOf(rowCondition(rule, row), shape, lang)
  return lang === 'en'
    ? `When ${when}: ${thenText(rule, row.then, shape, lang)}`
    : `当${when}时：${thenText(rule, row.then, shape, lang)}`
}

export function rowParts(rule: RuleDef, row: RuleRow, shape: Shape, lang: Lang) {
  return partsOf(rowCondition(rule, row), shape, lang)
}

/** A group to which comparisons can be added, made of whatever stands there. */
export function asGroup(c: WireCondition | undefined): WireCondition {
  if (!c) return { combinator: 'and', rules: [] }
  return c.combinator ? c : { combinator: 'and', rules: [c] }
}
