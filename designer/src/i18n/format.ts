import { type Lang, locale } from './index'

// Intl objects are slow to make (about 50 µs each): one per shape and language.
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function number(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${lang}${JSON.stringify(options)}`
  let f = made.get(key) as Intl.NumberFormat | undefined
  if (!f) {
    f = new Intl.NumberFormat(locale(lang), options)
    made.set(key, f)
  }
  return f
}

function dates(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${lang}${JSON.stringify(options)}`
  let f = made.get(key) as Intl.DateTimeFormat | undefined
  if (!f) {
    f = new Intl.DateTimeFormat(locale(lang), options)
    made.set(key, f)
  }
  return f
}

/** "12,345.6"; digits after the point as they are, at most 10. */
export function formatNumber(value: number, lang: Lang, unit?: string): string {
  const text = number(lang, { maximumFractionDigits: 10 }).format(value)
  return unit ? `${text} ${unit}` : text
}

/** "¥1,200.00" */
export function formatMoney(value: number, lang: Lang, currency = 'CNY'): string {
  return number(lang, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(value)
}

/** A calendar day "2026-01-31", which has no zone. */
export function formatDay(day: string, lang: Lang): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return day
  return dates(lang, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
}

/** A moment in the tenant's zone (this machine's when absent), without the year when it is this one. */
export function formatTime(time: string | number | Date, lang: Lang, zone?: string, now = new Date()): string {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return String(time)
  const options: Intl.DateTimeFormatOptions = {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  if (at.getFullYear() !== now.getFullYear()) options.year = 'numeric'
  if (zone) options.timeZone = zone
  return dates(lang, options).format(at)
}

/** "14:03:05" */
export function formatClock(time: number, lang: Lang): string {
  return dates(lang, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(time)
}
