import { clockIn, dateText, dayIn, instantIn, parseDate, parseTime, timeText } from '../../expr/dates'

/** Reads a day as people type it: 2026-1-31, 2026/01/31, 2026年1月31日, 20260131. */
export function readDate(text: string): string | null {
  const t = text.trim()
  if (t === '') return null
  const m = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(t) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(t)
  return m ? `${m[1]}-${(m[2] ?? '').padStart(2, '0')}-${(m[3] ?? '').padStart(2, '0')}` : t
}

/** An instant as <input type="datetime-local"> wants it: the clock of the zone. */
export function toLocal(value: unknown, zone: string): string {
  const ms = typeof value === 'string' ? parseTime(value) : null
  if (ms === null) return ''
  const clock = Math.floor(clockIn(ms, zone) / 1000)
  const hh = String(Math.floor(clock / 3600)).padStart(2, '0')
  const mm = String(Math.floor((clock % 3600) / 60)).padStart(2, '0')
  return `${dateText(dayIn(ms, zone))}T${hh}:${mm}`
}

/** The instant that a zone's clock shows as "2026-01-31T16:00"; text that is no clock reading comes back as it is. */
export function fromLocal(text: string, zone: string): string | null {
  const t = text.trim()
  if (t === '') return null
  const m = /^(.+?)[T\s]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/.exec(t)
  if (!m) return parseTime(t) !== null ? timeText(parseTime(t) as number) : t
  const day = parseDate(readDate(m[1] ?? '') ?? '')
  if (day === null || Number(m[2]) > 23 || Number(m[3]) > 59) return t
  const clock = (Number(m[2]) * 60 + Number(m[3])) * 60 + Number(m[4] ?? 0)
  return timeText(instantIn(day, clock * 1000, zone))
}
