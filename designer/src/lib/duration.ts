const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export type Tone = 'calm' | 'warn' | 'late'

export interface Remaining {
  tone: Tone
  /** Whole units until the deadline, or since it when late: the two largest that matter. */
  days: number
  hours: number
  minutes: number
  /** The moment (ms) at which any of this changes. */
  next: number
}

/**
 * What is left until `due` at `now` (all in ms since 1970). Counts minutes below
 * a day and hours above it, so it changes rarely; `next` says exactly when.
 */
export function remaining(due: number, warn: number | undefined, now: number): Remaining {
  const late = now >= due
  const span = Math.abs(due - now)
  const unit = span >= day ? hour : minute
  const whole = Math.floor(span / unit)
  const tone = late ? 'late' : warn !== undefined && now >= warn ? 'warn' : 'calm'
  let next = late ? due + (whole + 1) * unit : whole === 0 ? due : due - whole * unit + 1
  if (tone === 'calm' && warn !== undefined) next = Math.min(next, warn)
  return {
    tone,
    days: Math.floor(span / day),
    hours: Math.floor((span % day) / hour),
    minutes: unit === hour ? 0 : Math.floor((span % hour) / minute),
    next,
  }
}
