import { dayIn } from './dates'
import { cmp } from './decimal'
import { cmpText, fold } from './texts'
import { isEmpty, type Slot, type Value } from './value'

/** Whether texts of the slot are identifiers, compared code point by code point. */
export function isExact(s: Slot): boolean {
  return !!s.enum || !!s.exact || s.path.startsWith('$')
}

/** The order of two values of one kind, or of a date and a time by day; neither is empty. */
export function order(a: Value, b: Value, exact: boolean, zone: string): number {
  if (a.kind === 'text' && b.kind === 'text') return exact ? cmpText(a.s, b.s) : cmpText(fold(a.s), fold(b.s))
  if (a.kind === 'number' && b.kind === 'number') return cmp(a.n, b.n)
  if (a.kind === 'bool' && b.kind === 'bool') return Number(a.b) - Number(b.b)
  if (a.kind === 'time' && b.kind === 'time') return a.i - b.i
  return day(a, zone) - day(b, zone)
}

/** Equality: two empties are equal, an empty and a full one are not. */
export function equal(a: Value, b: Value, exact: boolean, zone: string): boolean {
  const x = isEmpty(a)
  const y = isEmpty(b)
  if (x || y) return x && y
  return order(a, b, exact, zone) === 0
}

/** The day of a date, or of a time in the zone. */
export function day(v: Value, zone: string): number {
  return v.kind === 'time' ? dayIn(v.i, zone) : v.kind === 'date' ? v.i : Number.NaN
}

const SIGNS: Record<string, (c: number) => boolean> = {
  '<': (c) => c < 0,
  '<=': (c) => c <= 0,
  '>': (c) => c > 0,
  '>=': (c) => c >= 0,
}

/** Decides = != <> < <= > >= for two values of comparable kinds. */
export function relate(op: string, a: Value, b: Value, exact: boolean, zone: string): boolean {
  if (op === '=') return equal(a, b, exact, zone)
  if (op === '!=' || op === '<>') return !equal(a, b, exact, zone)
  return !isEmpty(a) && !isEmpty(b) && (SIGNS[op]?.(order(a, b, exact, zone)) ?? false)
}
