/** Days and instants: a day is a count from 1970-01-01, an instant is Unix milliseconds. */

const DAY_MS = 86_400_000
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

export interface Civil {
  year: number
  month: number
  day: number
}

/**
 * The day number of a calendar day; month and day may run over. (Howard Hinnant's
 * days_from_civil: a Date object would end at the year 275760.)
 */
export function dayOf(year: number, month: number, day: number): number {
  const y0 = year + Math.floor((month - 1) / 12)
  const m = month - 1 - Math.floor((month - 1) / 12) * 12 + 1
  const y = m <= 2 ? y0 - 1 : y0
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (m > 2 ? m - 3 : m + 9) + 2) / 5)
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468 + day - 1
}

/** The calendar day of a day number. */
export function civil(days: number): Civil {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 }
}

const FIRST = dayOf(1, 1, 1)
const LAST = dayOf(9999, 12, 31)

/** Whether the day is in the years 1 to 9999. */
export function inRange(days: number): boolean {
  return days >= FIRST && days <= LAST
}

/** Whether the instant is in the years 1 to 9999 (UTC). */
export function timeInRange(ms: number): boolean {
  return inRange(Math.floor(ms / DAY_MS))
}

/** How many days the month has. */
export function monthDays(year: number, month: number): number {
  return dayOf(year, month + 1, 1) - dayOf(year, month, 1)
}

/** Reads 2026-01-31; null when the text is no day of the calendar. */
export function parseDate(text: string): number | null {
  const m = DATE.exec(text)
  if (!m) return null
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return null
  return dayOf(year, month, day)
}

/** Writes a day number as 2026-01-31. */
export function dateText(days: number): string {
  const { year, month, day } = civil(days)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** Reads RFC 3339 and cuts off what is finer than a millisecond; null when it is no instant. */
export function parseTime(text: string): number | null {
  const m = TIME.exec(text)
  if (!m) return null
  const day = parseDate(m[1] ?? '')
  const [h, min, sec] = [Number(m[2]), Number(m[3]), Number(m[4])]
  if (day === null || h > 23 || min > 59 || sec > 59) return null
  const ms = Number((m[5] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = parseOffset(m[6] ?? '')
  if (offset === null) return null
  const t = day * DAY_MS + ((h * 60 + min - offset) * 60 + sec) * 1000 + ms
  return timeInRange(t) ? t : null
}

function parseOffset(text: string): number | null {
  if (text === 'Z') return 0
  const h = Number(text.slice(1, 3))
  const min = Number(text.slice(4))
  if (h > 23 || min > 59) return null
  return (h * 60 + min) * (text[0] === '-' ? -1 : 1)
}

/** Writes an instant in its one stored form, 2026-01-31T08:00:00.000Z. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString()
}

const formats = new Map<string, Intl.DateTimeFormat>()

function zoned(zone: string): Intl.DateTimeFormat {
  let f = formats.get(zone)
  if (!f) {
    const two = 'numeric'
    f = new Intl.DateTimeFormat('en-US-u-hc-h23', {
      timeZone: zone,
      year: two,
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
    formats.set(zone, f)
  }
  return f
}

/** The milliseconds a zone is ahead of UTC at an instant. */
export function zoneOffset(ms: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0
  const p: Record<string, number> = {}
  for (const { type, value } of zoned(zone).formatToParts(ms)) p[type] = Number(value)
  const clock = (((p.hour ?? 0) * 60 + (p.minute ?? 0)) * 60 + (p.second ?? 0)) * 1000
  return dayOf(p.year ?? 0, p.month ?? 1, p.day ?? 1) * DAY_MS + clock - Math.floor(ms / 1000) * 1000
}

/** The calendar day of an instant in a zone. */
export function dayIn(ms: number, zone: string): number {
  return Math.floor((ms + zoneOffset(ms, zone)) / DAY_MS)
}

/** The milliseconds since midnight on the zone's clock. */
export function clockIn(ms: number, zone: string): number {
  const t = ms + zoneOffset(ms, zone)
  return t - Math.floor(t / DAY_MS) * DAY_MS
}

/** The instant of a local date and time: the first of two, or moved forward by the gap when the clock skips it. */
export function instantIn(days: number, clock: number, zone: string): number {
  const u = days * DAY_MS + clock
  const before = zoneOffset(u - DAY_MS, zone)
  const after = zoneOffset(u + DAY_MS, zone)
  if (zoneOffset(u - before, zone) === before) return u - before
  if (zoneOffset(u - after, zone) === after) return u - after
  return u - before
}

/** The day n months later; the 31st becomes the last day of a shorter month. */
export function addMonths(days: number, n: number): number {
  const { year, month, day } = civil(days)
  const first = dayOf(year, month + n, 1)
  const to = civil(first)
  return first + Math.min(day, monthDays(to.year, to.month)) - 1
}

/** Monday is 1, Sunday is 7. */
export function weekday(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
