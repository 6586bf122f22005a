import { resolve } from '@/expr/check'
import type { Label, Shape, Slot } from '@/expr/value'
import type { Condition } from './def'

export type Lang = 'zh' | 'en'

/** A piece of a sentence; with `at` it belongs to the comparison at that place of the tree and can be tapped. */
export interface Part {
  text: string
  role: 'plain' | 'field' | 'operator' | 'value'
  at?: (string | number)[]
}

type Phrase = readonly [zh: string, en: string]

/** How an operator is said around its right side, which stands at the %. */
export const PHRASES: Record<string, Phrase> = {
  '=': ['为%', ' is %'],
  '!=': ['不为%', ' is not %'],
  '<': ['小于%', ' is less than %'],
  '<=': ['小于等于%', ' is at most %'],
  '>': ['大于%', ' is more than %'],
  '>=': ['大于等于%', ' is at least %'],
  in: ['为%之一', ' is one of %'],
  notIn: ['不为%中任何一个', ' is none of %'],
  between: ['在%之间', ' is between %'],
  notBetween: ['不在%之间', ' is not between %'],
  contains: ['包含%', ' contains %'],
  doesNotContain: ['不包含%', ' does not contain %'],
  beginsWith: ['以%开头', ' begins with %'],
  doesNotBeginWith: ['不以%开头', ' does not begin with %'],
  endsWith: ['以%结尾', ' ends with %'],
  doesNotEndWith: ['不以%结尾', ' does not end with %'],
  containsAny: ['包含%之一', ' contains one of %'],
  containsAll: ['同时包含%', ' contains all of %'],
  null: ['为空', ' is empty'],
  notNull: ['不为空', ' is not empty'],
}

const MOMENTS: Record<string, Phrase> = {
  '<': ['早于%', ' is before %'],
  '<=': ['不晚于%', ' is not after %'],
  '>': ['晚于%', ' is after %'],
  '>=': ['不早于%', ' is not before %'],
}

const LINES: Record<string, Phrase> = {
  all: ['每条%都满足', 'every line of % has'],
  some: ['任一%满足', 'some line of % has'],
  none: ['没有%满足', 'no line of % has'],
  atLeast: ['至少 # 条%满足', 'at least # lines of % have'],
  atMost: ['至多 # 条%满足', 'at most # lines of % have'],
  exactly: ['恰有 # 条%满足', 'exactly # lines of % have'],
}

const pick = (p: Phrase, lang: Lang) => p[lang === 'en' ? 1 : 0]
const say = (l: Label | undefined, lang: Lang) => (lang === 'en' ? l?.en || l?.zh : l?.zh || l?.en) || ''

/** The phrase of an operator for a kind of field, around its right side. */
export function phraseOf(operator: string, slot: Slot | undefined, lang: Lang): [before: string, after: string] {
  const moment = slot?.kind === 'date' || slot?.kind === 'time'
  const p = (moment && MOMENTS[operator]) || PHRASES[operator] || [operator, operator]
  const [before = '', after = ''] = pick(p, lang).split('%')
  return [before, after]
}

/** A constant as people say it: a choice by its name, a number with its unit. */
export function constantText(v: unknown, slot: Slot | undefined, lang: Lang): string {
  const unset = lang === 'en' ? '…' : '……'
  if (v === undefined || v === null || v === '') return unset
  if (Array.isArray(v)) {
    if (v.length === 0) return unset
    return v.map((x) => constantText(x, slot, lang)).join(lang === 'en' ? ', ' : '、')
  }
  if (typeof v === 'boolean') return lang === 'en' ? (v ? 'yes' : 'no') : v ? '“是”' : '“否”'
  if (typeof v === 'number') return [String(v), slot?.unit].filter(Boolean).join(' ')
  const choice = slot?.choices?.find((c) => c.id === v)
  const text = choice ? say(choice.name, lang) || choice.id : String(v)
  return slot?.kind === 'date' || slot?.kind === 'time' ? text : `“${text}”`
}

/** The name of what a path reads. */
export function pathText(path: string, shape: Shape, lang: Lang): string {
  const r = resolve(path, shape)
  const up = r?.place.of === 'parent' ? (lang === 'en' ? "the record's " : '整单') : ''
  return up + (say(r?.slot.name, lang) || path)
}

/** The right side of a comparison in words. */
export function rightText(c: Condition, shape: Shape, lang: Lang): string {
  const slot = resolve(c.field ?? '', shape)?.slot
  const values = Array.isArray(c.value) ? c.value : [c.value]
  const join =
    c.operator === 'between' || c.operator === 'notBetween'
      ? lang === 'en'
        ? ' and '
        : ' 到 '
      : lang === 'en'
        ? ', '
        : '、'
  switch (c.valueSource) {
    case 'actor':
      return lang === 'en' ? 'me' : '本人'
    case 'field':
      return values
        .map((v) => (lang === 'en' ? pathText(String(v), shape, lang) : `「${pathText(String(v), shape, lang)}」`))
        .join(join)
    case 'formula':
      return values.map((v) => (lang === 'en' ? `the result of ${v}` : `公式「${v}」`)).join(join)
    default:
      return values.map((v) => constantText(v, slot, lang)).join(join)
  }
}

/** A condition as a sentence in parts that can be tapped. */
export function partsOf(c: Condition | undefined, shape: Shape, lang: Lang, at: (string | number)[] = []): Part[] {
  if (!c) return [plain(lang === 'en' ? 'always' : '总是')]
  const inner = c.combinator
    ? groupParts(c, shape, lang, at)
    : c.match
      ? lineParts(c, shape, lang, at)
      : comparisonParts(c, shape, lang, at)
  return c.not ? [plain(lang === 'en' ? 'not (' : '并非（'), ...inner, plain(lang === 'en' ? ')' : '）')] : inner
}

function plain(text: string): Part {
  return { text, role: 'plain' }
}

function groupParts(c: Condition, shape: Shape, lang: Lang, at: (string | number)[]): Part[] {
  const kids = c.rules ?? []
  const or = c.combinator === 'or'
  if (kids.length === 0) return [plain(lang === 'en' ? (or ? 'never' : 'always') : or ? '从不' : '总是')]
  const word = lang === 'en' ? (or ? ' or ' : ' and ') : or ? '或' : '，且'
  return kids.flatMap((k, i) => {
    const own = partsOf(k, shape, lang, [...at, 'rules', i])
    const wrap = !!k.combinator && !k.not && (k.rules?.length ?? 0) > 1 && kids.length > 1
    const shown = wrap ? [plain(lang === 'en' ? '(' : '（'), ...own, plain(lang === 'en' ? ')' : '）')] : own
    return i === 0 ? shown : [plain(word), ...shown]
  })
}

function lineParts(c: Condition, shape: Shape, lang: Lang, at: (string | number)[]): Part[] {
  const slot = resolve(c.field ?? '', shape)?.slot
  const phrase = pick(LINES[c.match?.mode ?? ''] ?? LINES.some!, lang)
    .replace('#', String(c.match?.threshold ?? 0))
    .replace('%', say(slot?.name, lang) || (c.field ?? ''))
  const inner = slot?.rows ? partsOf(c.value as Condition | undefined, slot.rows, lang, [...at, 'value']) : []
  return [
    { text: phrase, role: 'operator', at },
    plain(lang === 'en' ? ' (' : '（'),
    ...inner,
    plain(lang === 'en' ? ')' : '）'),
  ]
}

function comparisonParts(c: Condition, shape: Shape, lang: Lang, at: (string | number)[]): Part[] {
  const slot = resolve(c.field ?? '', shape)?.slot
  const [before, after] = phraseOf(c.operator ?? '', slot, lang)
  const field: Part = { text: pathText(c.field ?? '', shape, lang), role: 'field', at }
  const operator: Part = { text: lang === 'en' ? before.trim() : before, role: 'operator', at }
  if (c.operator === 'null' || c.operator === 'notNull') return [field, plain(lang === 'en' ? ' ' : ''), operator]
  const gap = plain(lang === 'en' ? ' ' : '')
  const tail: Part[] = after.trim() ? [{ text: after, role: 'operator', at }] : []
  return [field, gap, operator, gap, { text: rightText(c, shape, lang), role: 'value', at }, ...tail]
}

/** The whole sentence as text. */
export function sentenceOf(c: Condition | undefined, shape: Shape, lang: Lang): string {
  return partsOf(c, shape, lang)
    .map((p) => p.text)
    .join('')
}
