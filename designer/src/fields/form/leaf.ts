import type { FieldDef } from '@/api/types'
import { parseDate, parseTime } from '@/expr/dates'
import { cmp, type Dec, isInt, parseExact, scaleOf, trim } from '@/expr/decimal'
import { length } from '@/expr/texts'
import { bool, date, type Label, list, NONE, number, text, time, type Value } from '@/expr/value'
import type { Problem } from './shape'

/** What is wrong with a single value; `at` is the place inside it. */
export interface Fault {
  code: string
  params?: Problem['params']
  message?: Label
  at?: string
}

/** The outcome of reading one single value. A value that breaks a limit is still a value; one of a wrong type is none. */
export interface Leaf {
  value: Value
  faults: Fault[]
}

export const MAX_DIGITS = 15
const MAX_ID = 64
const DEFAULT_LENGTH: Record<string, number> = {
  text: 500,
  longtext: 20_000,
  scan: 200,
  phone: 40,
  reference: MAX_ID,
  user: MAX_ID,
}
const NO_CENTS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '))
const MILLS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

const wrong = (code: string, params?: Problem['params']): Leaf => ({ value: NONE, faults: [fault(code, params)] })
const broken = (value: Value, code: string, params?: Problem['params']): Leaf => ({
  value,
  faults: [fault(code, params)],
})
const fine = (value: Value): Leaf => ({ value, faults: [] })

function fault(code: string, params?: Problem['params'], at?: string): Fault {
  return { code, ...(params && { params }), ...(at && { at }) }
}

/** How many digits after the point a currency has. */
export function currencyScale(code: string | undefined): number {
  return NO_CENTS.has(code ?? '') ? 0 : MILLS.has(code ?? '') ? 3 : 2
}

/** Whether a decimal has at most 15 significant digits and at most 15 after the point, so that JSON carries it unchanged. */
export function fits(d: Dec): boolean {
  const t = trim(d)
  const digits = (t.c < 0n ? -t.c : t.c).toString().length
  return digits <= MAX_DIGITS && t.s <= MAX_DIGITS
}

/** Reads one value that is there (not null, "" or []) by its field's type. */
export function readLeaf(f: FieldDef, raw: unknown): Leaf {
  switch (f.type) {
    case 'number':
    case 'money':
    case 'integer':
      return readNumber(f, raw)
    case 'date': {
      const i = typeof raw === 'string' ? parseDate(raw) : null
      return i !== null
        ? fine(date(i))
        : wrong(typeof raw === 'string' ? 'invalid_date' : 'wrong_type', { want: 'text' })
    }
    case 'datetime': {
      const i = typeof raw === 'string' ? parseTime(raw) : null
      return i !== null
        ? fine(time(i))
        : wrong(typeof raw === 'string' ? 'invalid_time' : 'wrong_type', { want: 'text' })
    }
    case 'boolean':
      return typeof raw === 'boolean' ? fine(bool(raw)) : wrong('wrong_type', { want: 'true/false' })
    case 'multiselect':
    case 'tags':
      return readList(f, raw)
    default:
      return typeof raw === 'string' ? readText(f, raw) : wrong('wrong_type', { want: 'text' })
  }
}

function readNumber(f: FieldDef, raw: unknown): Leaf {
  const n = parseExact(String(raw))
  if (typeof raw !== 'number')
    return n && !fits(n) ? wrong('number_range', { digits: MAX_DIGITS }) : wrong('wrong_type', { want: 'number' })
  if (!n || !fits(n)) return wrong('number_range', { digits: MAX_DIGITS })
  if (f.type === 'integer' && !isInt(n)) return wrong('wrong_type', { want: 'integer' })
  const faults: Fault[] = []
  const min = f.min === undefined ? null : parseExact(String(f.min))
  if (min && cmp(n, min) < 0) faults.push(fault('too_small', { min: String(f.min) }))
  const max = f.max === undefined ? null : parseExact(String(f.max))
  if (max && cmp(n, max) > 0) faults.push(fault('too_large', { max: String(f.max) }))
  const scale = scaleOfField(f)
  if (f.type !== 'integer' && scale !== null && scaleOf(n) > scale) faults.push(fault('not_multiple', { scale }))
  return { value: number(n), faults }
}

/** How many digits after the point a number field (or a computed one, by its result) keeps; null for as many as there are. */
export function scaleOfField(f: FieldDef): number | null {
  const type = f.type === 'computed' ? f.result : f.type
  if (type === 'integer') return 0
  return f.scale ?? (type === 'money' ? currencyScale(f.currency) : null)
}

const URGENCIES = ['red', 'yellow', 'green']

function readText(f: FieldDef, raw: string): Leaf {
  if (f.type === 'select' || f.type === 'urgency') {
    const ids = f.type === 'urgency' ? URGENCIES : (f.options ?? []).map((o) => o.id)
    return ids.includes(raw) ? fine(text(raw)) : broken(text(raw), 'not_option', { options: ids.join(', ') })
  }
  const faults: Fault[] = []
  const n = length(raw)
  const max = f.maxLength || DEFAULT_LENGTH[f.type] || 500
  if (n > max) faults.push(fault('too_long', { max }))
  if (f.minLength && n < f.minLength) faults.push(fault('too_short', { min: f.minLength }))
  if (f.pattern && !patternOf(f.pattern).test(raw)) {
    const said = f.patternHint
    faults.push({ code: 'pattern', params: { pattern: f.pattern }, ...(said && { message: said }) })
  }
  if (f.type === 'phone' && !isPhone(raw)) faults.push(fault('invalid_phone'))
  return { value: text(raw), faults }
}

const patterns = new Map<string, RegExp | null>()

/** The pattern for a whole value; null (which the server then judges alone) when this browser cannot read it. */
export function patternOf(source: string): RegExp {
  let p = patterns.get(source)
  if (p === undefined) {
    try {
      p = new RegExp(`^(?:${source})$`, 'u')
    } catch {
      p = null
    }
    patterns.set(source, p)
  }
  return p ?? /^/
}

/** 5 to 20 digits, spaces and hyphens, at least 5 digits, a plus only in front. */
export function isPhone(s: string): boolean {
  return /^[+\d -][\d -]{4,19}$/.test(s) && s.replace(/\D/g, '').length >= 5
}

function readList(f: FieldDef, raw: unknown): Leaf {
  if (!Array.isArray(raw)) return wrong('wrong_type', { want: 'list' })
  const ids = f.options?.map((o) => o.id) ?? []
  const max = f.maxItems || (f.type === 'tags' ? 50 : ids.length)
  const long = f.maxLength || 100
  const faults: Fault[] = raw.length > max ? [fault('too_many_items', { max })] : []
  raw.forEach((item: unknown, i) => {
    const at = `/${i}`
    if (typeof item !== 'string') faults.push(fault('wrong_type', { want: 'text' }, at))
    else if (f.type === 'multiselect' && !ids.includes(item))
      faults.push(fault('not_option', { options: ids.join(', ') }, at))
    else if (item === '') faults.push(fault('required', undefined, at))
    else if (f.type === 'tags' && length(item) > long) faults.push(fault('too_long', { max: long }, at))
    if (raw.indexOf(item) < i) faults.push(fault('not_unique', undefined, at))
  })
  return { value: list(raw.filter((v) => typeof v === 'string')), faults }
}

/** Whether a media type is one of the accepted ones; no list accepts all. */
export function accepts(accept: readonly string[] | undefined, mediaType: string): boolean {
  if (!accept?.length) return true
  const t = (mediaType.toLowerCase().split(';')[0] ?? '').trim()
  return accept.some((a) => a === t || a === '*/*' || (a.endsWith('/*') && t.startsWith(a.slice(0, -1))))
}
