import { order } from '@/expr/compare'
import { fold } from '@/expr/texts'
import { isEmpty, type Slot, type Value } from '@/expr/value'

/** What stands on the right of an operator. */
export type Side = 'none' | 'one' | 'two' | 'many'

interface Operator {
  side: Side
  /** The operator whose opposite this one is. */
  not?: string
  fits(s: Slot): boolean
}

const scalar = (s: Slot) => s.kind !== 'list' && s.kind !== 'rows' && s.kind !== 'none'
const free = (s: Slot) => s.kind === 'text' && !s.enum
const ordered = (s: Slot) => free(s) || s.kind === 'number' || s.kind === 'date' || s.kind === 'time'
const listed = (s: Slot) => scalar(s) && s.kind !== 'bool'
const parts = (s: Slot) => free(s) || s.kind === 'list'
const any = (s: Slot) => s.kind !== 'none'

/** Every operator, in the order in which an editor offers them. */
export const OPERATORS: Record<string, Operator> = {
  '=': { side: 'one', fits: scalar },
  '!=': { side: 'one', not: '=', fits: scalar },
  '<': { side: 'one', fits: ordered },
  '<=': { side: 'one', fits: ordered },
  '>': { side: 'one', fits: ordered },
  '>=': { side: 'one', fits: ordered },
  in: { side: 'many', fits: listed },
  notIn: { side: 'many', not: 'in', fits: listed },
  between: { side: 'two', fits: ordered },
  notBetween: { side: 'two', not: 'between', fits: ordered },
  contains: { side: 'one', fits: parts },
  doesNotContain: { side: 'one', not: 'contains', fits: parts },
  beginsWith: { side: 'one', fits: free },
  doesNotBeginWith: { side: 'one', not: 'beginsWith', fits: free },
  endsWith: { side: 'one', fits: free },
  doesNotEndWith: { side: 'one', not: 'endsWith', fits: free },
  containsAny: { side: 'many', fits: parts },
  containsAll: { side: 'many', fits: parts },
  null: { side: 'none', fits: any },
  notNull: { side: 'none', not: 'null', fits: any },
}

/** The operators that a field of the shape takes. */
export function operatorsFor(s: Slot): string[] {
  return Object.keys(OPERATORS).filter((o) => OPERATORS[o]?.fits(s))
}

/** Whether a text has the other as a part, at its start or at its end. */
type Part = (t: string, p: string) => boolean
const PARTS: Record<string, Part> = {
  contains: (t, p) => t.includes(p),
  beginsWith: (t, p) => t.startsWith(p),
  endsWith: (t, p) => t.endsWith(p),
}

function texts(v: Value | undefined, exact: boolean): string[] {
  const l = v?.kind === 'list' ? v.list : v?.kind === 'text' ? [v.s] : []
  return l.filter((s) => s !== '').map((s) => (exact ? s : fold(s)))
}

/** Decides a positive operator for a field's value and its right sides. */
export function decide(op: string, v: Value, right: readonly Value[], exact: boolean, zone: string): boolean {
  if (op === 'null') return isEmpty(v)
  if (op === '=' && isEmpty(v)) return right.every(isEmpty)
  if (isEmpty(v)) return false
  const full = right.filter((r) => !isEmpty(r))
  const c = (r: Value | undefined) => (r && !isEmpty(r) ? order(v, r, exact, zone) : Number.NaN)
  switch (op) {
    case '=':
      return c(right[0]) === 0
    case '<':
      return c(right[0]) < 0
    case '<=':
      return c(right[0]) <= 0
    case '>':
      return c(right[0]) > 0
    case '>=':
      return c(right[0]) >= 0
    case 'between':
      return c(right[0]) >= 0 && c(right[1]) <= 0
    case 'in':
      return v.kind === 'text'
        ? full.some((r) => texts(r, exact).some((t) => texts(v, exact)[0] === t))
        : full.some((r) => order(v, r, exact, zone) === 0)
    default:
      return inside(op, v, full, exact)
  }
}

function inside(op: string, v: Value, right: readonly Value[], exact: boolean): boolean {
  const wanted = right.flatMap((r) => texts(r, exact))
  const own = texts(v, exact)
  const has = (p: string) => (v.kind === 'list' ? own.includes(p) : (own[0] ?? '').includes(p))
  if (op === 'containsAny') return wanted.some(has)
  if (op === 'containsAll') return wanted.length > 0 && wanted.every(has)
  if (v.kind === 'list') return wanted.some(has)
  return wanted.some((p) => PARTS[op]?.(own[0] ?? '', p) ?? false)
}
