/**
 * Exact decimals with the arithmetic of the server: at most 19 significant
 * digits, at most 19 of them after the point, results rounded half to even when
 * they would need more. Not JavaScript numbers, because 0.1 + 0.2 must be 0.3.
 */
export interface Dec {
  /** The digits without the point, signed. */
  readonly c: bigint
  /** How many of the digits stand after the point: 0 to 19. */
  readonly s: number
}

const MAX_DIGITS = 19
/** Digits after the point that a division computes before it rounds. */
const QUO_SCALE = 41

const powers: bigint[] = [1n]
for (let i = 1; i <= 64; i++) powers.push((powers[i - 1] as bigint) * 10n)

function pow10(n: number): bigint {
  return powers[n] ?? 10n ** BigInt(n)
}

function abs(c: bigint): bigint {
  return c < 0n ? -c : c
}

function digits(c: bigint): number {
  return c === 0n ? 0 : abs(c).toString().length
}

type Mode = 'even' | 'away' | 'down' | 'up' | 'floor' | 'ceil'

/** Drops n digits: half to even, half away from zero, toward zero, away from zero, or to either side. */
function shift(c: bigint, n: number, mode: Mode): bigint {
  if (n <= 0) return c
  const p = pow10(n)
  const q = c / p
  const r = c - q * p
  if (r === 0n) return q
  const one = c < 0n ? -1n : 1n
  const twice = abs(r) * 2n
  const step =
    (mode === 'even' && (twice > p || (twice === p && q % 2n !== 0n))) ||
    (mode === 'away' && twice >= p) ||
    mode === 'up' ||
    (mode === 'floor' && c < 0n) ||
    (mode === 'ceil' && c > 0n)
  return step ? q + one : q
}

/** Returns the decimal c / 10^s rounded into range, or null when its whole part has more than 19 digits. */
export function fit(c: bigint, s: number): Dec | null {
  if (s < 0) {
    c *= pow10(-s)
    s = 0
  }
  const n = digits(c)
  if (n - s > MAX_DIGITS) return null
  const drop = Math.max(n > s ? n - MAX_DIGITS : 0, s - MAX_DIGITS, 0)
  if (drop > 0) {
    c = shift(c, drop, 'even')
    s -= drop
    // Rounding 99…9 up makes one digit more.
    if (digits(c) > MAX_DIGITS) return fit(c, s)
  }
  return { c, s }
}

/** The decimal of a whole number. */
export function int(n: number): Dec {
  return { c: BigInt(n), s: 0 }
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Reads a decimal; null when the text is no number or its whole part has more than 19 digits. Rounds half to even. */
export function parse(text: string): Dec | null {
  const m = NUMBER.exec(text)
  if (!m) return null
  const whole = m[2] ?? ''
  const part = m[3] ?? ''
  if (whole + part === '') return null
  const exp = Number(m[4] ?? 0)
  if (Math.abs(exp) > 330) return null
  const c = BigInt(whole + part)
  return fit(m[1] === '-' ? -c : c, part.length - exp)
}

/** Reads a decimal and refuses one that would have to be rounded. */
export function parseExact(text: string): Dec | null {
  const d = parse(text)
  if (!d) return null
  const m = NUMBER.exec(text) as RegExpExecArray
  const part = m[3] ?? ''
  const c = BigInt((m[2] ?? '') + part) * (m[1] === '-' ? -1n : 1n)
  const s = part.length - Number(m[4] ?? 0)
  const same = s >= d.s ? d.c * pow10(s - d.s) === c : d.c === c * pow10(d.s - s)
  return same ? d : null
}

/** Without zeros at the end of the fraction. */
export function trim(d: Dec): Dec {
  let { c, s } = d
  while (s > 0 && c % 10n === 0n) {
    c /= 10n
    s--
  }
  return { c, s }
}

/** Writes all the digits the decimal carries, zeros at the end included. */
export function fixed(d: Dec): string {
  const neg = d.c < 0n
  const t = abs(d.c)
    .toString()
    .padStart(d.s + 1, '0')
  const cut = t.length - d.s
  return (neg ? '-' : '') + (d.s > 0 ? `${t.slice(0, cut)}.${t.slice(cut)}` : t)
}

/** The one plain notation: no exponent, no zeros at the end. */
export function format(d: Dec): string {
  return fixed(trim(d))
}

/** -1, 0 or 1: how a compares with b. */
export function cmp(a: Dec, b: Dec): number {
  const s = Math.max(a.s, b.s)
  const x = a.c * pow10(s - a.s)
  const y = b.c * pow10(s - b.s)
  return x < y ? -1 : x > y ? 1 : 0
}

export function isZero(d: Dec): boolean {
  return d.c === 0n
}

/** The number of digits needed after the point. */
export function scaleOf(d: Dec): number {
  return trim(d).s
}

export function isInt(d: Dec): boolean {
  return scaleOf(d) === 0
}

export function neg(d: Dec): Dec {
  return { c: -d.c, s: d.s }
}

export function absOf(d: Dec): Dec {
  return { c: abs(d.c), s: d.s }
}

/** The sum, or null on overflow. */
export function add(a: Dec, b: Dec): Dec | null {
  const s = Math.max(a.s, b.s)
  return fit(a.c * pow10(s - a.s) + b.c * pow10(s - b.s), s)
}

/** The difference, or null on overflow. */
export function sub(a: Dec, b: Dec): Dec | null {
  return add(a, neg(b))
}

/** The product, or null on overflow. */
export function mul(a: Dec, b: Dec): Dec | null {
  return fit(a.c * b.c, a.s + b.s)
}

/** The quotient, or null on overflow or when b is 0. */
export function quo(a: Dec, b: Dec): Dec | null {
  if (b.c === 0n) return null
  const q = (a.c * pow10(QUO_SCALE + b.s - a.s)) / b.c
  return fit(q, QUO_SCALE)
}

/** a - b × floor(a / b), which has the sign of b as in a spreadsheet; null when b is 0. */
export function mod(a: Dec, b: Dec): Dec | null {
  if (b.c === 0n) return null
  const s = Math.max(a.s, b.s)
  const x = a.c * pow10(s - a.s)
  const y = b.c * pow10(s - b.s)
  const r = x % y
  return fit(r !== 0n && r < 0n !== y < 0n ? r + y : r, s)
}

/** Rounds to n digits after the point; n may be negative (tens, hundreds). Null on overflow. */
export function round(d: Dec, n: number, mode: Mode): Dec | null {
  if (n >= d.s) return d
  const drop = d.s - n
  // Beyond every digit there is only 0 (or one unit, which then overflows anyway).
  if (drop > 60) return mode === 'even' || mode === 'away' || mode === 'down' ? { c: 0n, s: 0 } : null
  return fit(shift(d.c, drop, mode), n)
}

/** A JavaScript number for places where exactness does not matter: counts, widths, charts. */
export function toNumber(d: Dec): number {
  return Number(fixed(d))
}
