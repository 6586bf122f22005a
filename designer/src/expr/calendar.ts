import { addMonths, civil, clockIn, dateText, dayIn, dayOf, inRange, instantIn, timeInRange, weekday } from './dates'
import { type Dec, fixed, format, int, isInt, mul, round, toNumber } from './decimal'
import type { Run } from './functions'
import { date, time, type Value } from './value'

const SPAN: Record<string, number> = { hour: 3_600_000, minute: 60_000, second: 1000 }
const DAYS: Record<string, number> = { day: 1, week: 7 }
const MONTHS: Record<string, number> = { month: 1, year: 12 }

/** Whether DATEADD and DATEDIFF know the unit, and for these kinds. */
export function isUnit(unit: string, times: boolean): boolean {
  return unit in DAYS || unit in MONTHS || (times && unit in SPAN)
}

/** The parts of a date, or of a time on the zone's clock. */
export function part(v: Value, zone: string) {
  const days = v.kind === 'time' ? dayIn(v.i, zone) : v.kind === 'date' ? v.i : 0
  const clock = v.kind === 'time' ? Math.floor(clockIn(v.i, zone) / 1000) : 0
  const hour = Math.floor(clock / 3600)
  return { ...civil(days), weekday: weekday(days), hour, minute: Math.floor(clock / 60) % 60, second: clock % 60 }
}

const pad = (n: number, width = 2) => String(n).padStart(width, '0')

/** A value as & joins it. */
export function textForm(v: Value, zone: string): string {
  switch (v.kind) {
    case 'text':
      return v.s
    case 'number':
      return format(v.n)
    case 'bool':
      return String(v.b)
    case 'date':
      return dateText(v.i)
    case 'time': {
      const p = part(v, zone)
      return `${dateText(dayIn(v.i, zone))} ${pad(p.hour)}:${pad(p.minute)}:${pad(p.second)}`
    }
    default:
      return ''
  }
}

function shiftDays(days: number, n: number, unit: string): number {
  const months = MONTHS[unit]
  return months === undefined ? days + n * (DAYS[unit] ?? 0) : addMonths(days, n * months)
}

/** The date or time n units later. */
export function dateAdd(v: Value, n: Dec, unit: string, r: Run): Value {
  if (!isInt(n)) r.fail('formula_argument')
  const count = toNumber(n)
  if (Math.abs(count) > 1e12) r.fail('formula_overflow')
  if (v.kind === 'date') {
    const to = shiftDays(v.i, count, unit)
    return inRange(to) ? date(to) : r.fail('formula_overflow')
  }
  if (v.kind !== 'time') return v
  const span = SPAN[unit]
  let to = v.i
  if (span) to = v.i + count * span
  else {
    const days = shiftDays(dayIn(v.i, r.zone), count, unit)
    if (!inRange(days)) r.fail('formula_overflow')
    to = instantIn(days, clockIn(v.i, r.zone), r.zone)
  }
  return timeInRange(to) ? time(to) : r.fail('formula_overflow')
}

/** Whole units from a to b. */
export function dateDiff(a: Value, b: Value, unit: string, zone: string): number {
  const span = SPAN[unit]
  const at = (v: Value) => (v.kind === 'time' || v.kind === 'date' ? v.i : 0)
  if (span) return Math.trunc((at(b) - at(a)) / span) + 0
  const [x, y] = [a, b].map((v) => (v.kind === 'time' ? dayIn(v.i, zone) : at(v))) as [number, number]
  const days = DAYS[unit]
  const n = days ? Math.trunc((y - x) / days) : Math.trunc(monthsBetween(x, y) / (MONTHS[unit] ?? 1))
  return n + 0
}

function monthsBetween(a: number, b: number): number {
  if (a > b) return -monthsBetween(b, a)
  const [x, y] = [civil(a), civil(b)]
  const n = (y.year - x.year) * 12 + y.month - x.month
  return addMonths(a, n) <= b ? n : n - 1
}

/** The last day of the month n months after the day. */
export function endOfMonth(v: Value, n: Dec, r: Run): Value {
  if (!isInt(n)) r.fail('formula_argument')
  const { year, month } = part(v, r.zone)
  const count = toNumber(n)
  const to = Math.abs(count) > 1e12 ? Number.NaN : dayOf(year, month + count + 1, 0)
  return inRange(to) ? date(to) : r.fail('formula_overflow')
}

const NUMBER_FORMAT = /^(#,##)?(0{1,19})(?:\.(0{1,19}))?(%)?$/

/** Whether TEXT knows the format for values of a kind. */
export function isFormat(f: string, kind: string): boolean {
  if (kind === 'number') return NUMBER_FORMAT.test(f)
  if (kind !== 'date' && kind !== 'time') return false
  const tokens = dateTokens(f)
  const known = tokens.every((t) => !/^[a-z]/i.test(t) || TOKENS.has(t.toLowerCase()))
  const some = tokens.filter((t) => /^[a-z]/i.test(t))
  return known && some.length > 0 && (kind === 'time' || !some.some((t, i) => clockToken(some, i) || /^[hs]/i.test(t)))
}

const TOKENS = new Set(['yyyy', 'yy', 'm', 'mm', 'd', 'dd', 'h', 'hh', 's', 'ss'])

function dateTokens(f: string): string[] {
  return f.match(/([a-z])\1*|[^a-z]+/gi) ?? []
}

/** Whether the i-th token is a minute: next to an hour before it or seconds after it. */
function clockToken(tokens: readonly string[], i: number): boolean {
  return /^m/i.test(tokens[i] ?? '') && (/^h/i.test(tokens[i - 1] ?? '') || /^s/i.test(tokens[i + 1] ?? ''))
}

/** Writes a number, date or time in a format. */
export function formatText(v: Value, f: string, r: Run): string {
  if (v.kind === 'number') return formatNumber(v.n, f, r)
  const p = part(v, r.zone)
  const letters = dateTokens(f).filter((t) => /^[a-z]/i.test(t))
  let i = -1
  return dateTokens(f)
    .map((t) => {
      if (!/^[a-z]/i.test(t)) return t
      i++
      const low = t.toLowerCase()
      if (low === 'yyyy') return pad(p.year, 4)
      if (low === 'yy') return pad(p.year % 100)
      const n = { m: clockToken(letters, i) ? p.minute : p.month, d: p.day, h: p.hour, s: p.second }[low[0] ?? '']
      return pad(n ?? 0, low.length)
    })
    .join('')
}

function formatNumber(n: Dec, f: string, r: Run): string {
  const [, grouped, zeros = '', places = '', percent = ''] = NUMBER_FORMAT.exec(f) ?? []
  const scaled = percent ? mul(n, int(100)) : n
  const d = round(scaled ?? r.fail('formula_overflow'), places.length, 'away') ?? r.fail('formula_overflow')
  const [whole = '', part = ''] = fixed({ c: d.c < 0n ? -d.c : d.c, s: d.s }).split('.')
  const padded = whole.replace(/^0+(?=\d)/, '').padStart(zeros.length, '0')
  const shown = grouped ? padded.replace(/\B(?=(\d{3})+$)/g, ',') : padded
  return (d.c < 0n ? '-' : '') + shown + (places ? `.${part.padEnd(places.length, '0')}` : '') + percent
}
