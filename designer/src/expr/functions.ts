import { dateAdd, dateDiff, endOfMonth, formatText, part, textForm } from './calendar'
import { equal } from './compare'
import { dateText, dayIn, dayOf, inRange, timeInRange, timeText } from './dates'
import { absOf, add, cmp, type Dec, format, int, isInt, mod, parse, quo, round, toNumber } from './decimal'
import { fold, length, lower, mapText, narrow, slice, squeeze, upper } from './texts'
import { bool, date, isEmpty, type Kind, NONE, number, text, time, type Value } from './value'

/** What a function may ask while it runs. */
export interface Run {
  zone: string
  now: number
  /** Whether an argument is a path to identifiers. */
  exact(i: number): boolean
  fail(code: string, params?: Record<string, string | number>): never
}

type Kinds = readonly Kind[]
type Args = readonly Value[]

/** A function that evaluates all its arguments; the lazy ones and the aggregates are in evaluate.ts. */
export interface Fn {
  /** How many arguments: [least, most]. */
  n: readonly [number, number]
  /** The kinds each argument may have; further arguments are like the last one. */
  args: readonly Kinds[]
  result: Kind | ((kinds: Kinds) => Kind)
  /** Runs with empty arguments too. */
  empties?: boolean
  run(a: Args, r: Run): Value
}

export const SCALARS: Kinds = ['text', 'number', 'bool', 'date', 'time']
const N: Kinds = ['number']
const T: Kinds = ['text']
const M: Kinds = ['time']
const DM: Kinds = ['date', 'time']
const first = (k: Kinds): Kind => k[0] ?? 'none'

const str = (v: Value | undefined) => (v?.kind === 'text' ? v.s : '')
const num = (v: Value | undefined): Dec => (v?.kind === 'number' ? v.n : int(0))
const ms = (v: Value | undefined) => (v?.kind === 'time' || v?.kind === 'date' ? v.i : 0)

/** The value of a decimal, or the problem of one that is too large. */
export function fitted(d: Dec | null, r: Run): Value {
  return d ? number(d) : r.fail('formula_overflow')
}

function whole(v: Value | undefined, r: Run, min = -Infinity, max = Infinity): number {
  const d = num(v)
  const n = toNumber(d)
  if (!isInt(d) || n < min || n > max) r.fail('formula_argument')
  return n
}

function rounding(mode: 'away' | 'up' | 'down'): Fn {
  return {
    n: [1, 2],
    args: [N, N],
    result: 'number',
    run: ([x, n], r) => fitted(round(num(x), n ? whole(n, r, -18, 19) : 0, mode), r),
  }
}

function cut(take: (s: string, n: number) => string): Fn {
  return { n: [1, 2], args: [T, N], result: 'text', run: ([t, n], r) => text(take(str(t), n ? whole(n, r, 0) : 1)) }
}

function clock(take: (local: { hour: number; minute: number }) => number): Fn {
  return { n: [1, 1], args: [M], result: 'number', run: ([t], r) => number(int(take(part(t as Value, r.zone)))) }
}

function ofDay(take: (p: { year: number; month: number; day: number; weekday: number }) => number): Fn {
  return { n: [1, 1], args: [DM], result: 'number', run: ([d], r) => number(int(take(part(d as Value, r.zone)))) }
}

/** Where a part begins in a text, in UTF-16 units, folded unless one of the two is an identifier. */
function indexIn(t: string, p: string, exact: boolean, from = 0): number {
  return exact ? t.indexOf(p, from) : fold(t).indexOf(fold(p), from)
}

function made(v: Value): boolean {
  return v.kind === 'date' ? inRange(v.i) : v.kind === 'time' ? timeInRange(v.i) : true
}

function datum(v: Value, r: Run): Value {
  return made(v) ? v : r.fail('formula_overflow')
}

const NUMBER = /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/
const LIMIT = 1_000_000

function dateOf(a: Args, r: Run): Value {
  if (a.length === 1) return a[0]?.kind === 'time' ? date(dayIn(a[0].i, r.zone)) : (a[0] as Value)
  const [y = 0, m = 0, d = 0] = a.map((v) => whole(v, r))
  if ([y, m, d].some((p) => Math.abs(p) > LIMIT)) r.fail('formula_overflow')
  return datum(date(dayOf(y, m, d)), r)
}

function find([p, t, from]: Args, r: Run): Value {
  const start = from ? whole(from, r, 1) : 1
  const at = indexIn(slice(str(t), start - 1, Number.POSITIVE_INFINITY), str(p), r.exact(0) || r.exact(1))
  if (at < 0) return NONE
  return number(int(start + length(slice(str(t), start - 1, Number.POSITIVE_INFINITY).slice(0, at))))
}

function contains([t, p]: Args, r: Run): Value {
  const exact = r.exact(0) || r.exact(1)
  if (!t || !p || isEmpty(t) || isEmpty(p)) return bool(false)
  if (t.kind === 'list') return bool(t.list.some((s) => equal(text(s), p, exact, r.zone)))
  return bool(indexIn(str(t), str(p), exact) >= 0)
}

function readValue([t]: Args, r: Run): Value {
  const s = squeeze(mapText(str(t), narrow))
  return NUMBER.test(s) ? fitted(parse(s.replaceAll(',', '')), r) : NONE
}

/** Joins text forms, refusing more than 65,536 code points. */
export function join(a: Args, r: Run): Value {
  const s = a.map((v) => textForm(v, r.zone)).join('')
  if (s.length > 65536 && length(s) > 65536) r.fail('formula_text_limit', { limit: 65536 })
  return text(s)
}

export const FUNCTIONS: Record<string, Fn> = {
  ROUND: rounding('away'),
  ROUNDUP: rounding('up'),
  ROUNDDOWN: rounding('down'),
  ABS: { n: [1, 1], args: [N], result: 'number', run: ([x]) => number(absOf(num(x))) },
  INT: { n: [1, 1], args: [N], result: 'number', run: ([x], r) => fitted(round(num(x), 0, 'floor'), r) },
  MOD: {
    n: [2, 2],
    args: [N, N],
    result: 'number',
    run: ([x, y], r) => fitted(num(y).c === 0n ? r.fail('formula_division_by_zero') : mod(num(x), num(y)), r),
  },
  LEN: { n: [1, 1], args: [T], result: 'number', empties: true, run: ([t]) => number(int(length(str(t)))) },
  LEFT: cut((s, n) => slice(s, 0, n)),
  RIGHT: cut((s, n) => (n === 0 ? '' : slice(s, -n, Number.POSITIVE_INFINITY))),
  MID: {
    n: [3, 3],
    args: [T, N, N],
    result: 'text',
    run: ([t, from, n], r) => {
      const start = whole(from, r, 1) - 1
      return text(slice(str(t), start, start + whole(n, r, 0)))
    },
  },
  UPPER: { n: [1, 1], args: [T], result: 'text', run: ([t]) => text(mapText(str(t), upper)) },
  LOWER: { n: [1, 1], args: [T], result: 'text', run: ([t]) => text(mapText(str(t), lower)) },
  TRIM: { n: [1, 1], args: [T], result: 'text', run: ([t]) => text(squeeze(str(t))) },
  CONCAT: { n: [1, Infinity], args: [SCALARS], result: 'text', empties: true, run: join },
  FIND: { n: [2, 3], args: [T, T, N], result: 'number', run: find },
  CONTAINS: { n: [2, 2], args: [['text', 'list'], T], result: 'bool', empties: true, run: contains },
  TEXT: {
    n: [1, 2],
    args: [SCALARS, T],
    result: 'text',
    run: ([x, f], r) => text(f ? formatText(x as Value, str(f), r) : textForm(x as Value, r.zone)),
  },
  VALUE: { n: [1, 1], args: [T], result: 'number', run: readValue },
  DATE: { n: [1, 3], args: [], result: 'date', run: dateOf },
  YEAR: ofDay((p) => p.year),
  MONTH: ofDay((p) => p.month),
  DAY: ofDay((p) => p.day),
  WEEKDAY: ofDay((p) => p.weekday),
  HOUR: clock((p) => p.hour),
  MINUTE: clock((p) => p.minute),
  TODAY: { n: [0, 0], args: [], result: 'date', run: (_, r) => date(dayIn(r.now, r.zone)) },
  NOW: { n: [0, 0], args: [], result: 'time', run: (_, r) => time(Math.floor(r.now)) },
  DATEADD: {
    n: [3, 3],
    args: [DM, N, T],
    result: first,
    run: ([d, n, unit], r) => dateAdd(d as Value, num(n), str(unit).toLowerCase(), r),
  },
  DATEDIFF: {
    n: [3, 3],
    args: [DM, DM, T],
    result: 'number',
    run: ([a, b, unit], r) => number(int(dateDiff(a as Value, b as Value, str(unit).toLowerCase(), r.zone))),
  },
  EDATE: { n: [2, 2], args: [DM, N], result: first, run: ([d, n], r) => dateAdd(d as Value, num(n), 'month', r) },
  EOMONTH: { n: [2, 2], args: [DM, N], result: 'date', run: ([d, n], r) => endOfMonth(d as Value, num(n), r) },
}

/** The sum from left to right, empty ones skipped. */
export function sum(values: Args, r: Run): Dec {
  let total: Dec | null = int(0)
  for (const v of values) {
    if (v.kind !== 'number') continue
    total = add(total, v.n) ?? r.fail('formula_overflow')
  }
  return total
}

/** SUM divided by how many there are; none of nothing. */
export function average(values: Args, r: Run): Value {
  const n = values.filter((v) => !isEmpty(v)).length
  return n === 0 ? NONE : fitted(quo(sum(values, r), int(n)), r)
}

/** The least (sign -1) or greatest (sign 1) of numbers, dates or times; none of nothing. */
export function extreme(values: Args, sign: number): Value {
  let best: Value = NONE
  for (const v of values) {
    if (isEmpty(v)) continue
    const c = best.kind === 'none' ? sign : v.kind === 'number' ? cmp(v.n, num(best)) : ms(v) - ms(best)
    if (c * sign > 0) best = v
  }
  return best
}

/** A text that is the same for equal values only. */
export function identity(v: Value, exact: boolean): string {
  switch (v.kind) {
    case 'text':
      return exact ? v.s : fold(v.s)
    case 'number':
      return format(v.n)
    case 'bool':
      return String(v.b)
    case 'date':
      return dateText(v.i)
    case 'time':
      return timeText(v.i)
    default:
      return ''
  }
}
