/** Texts as they are compared: folded code points, and their order. */

const CURRENCY: Record<number, number> = { 65504: 0xa2, 65505: 0xa3, 65509: 0xa5, 12288: 0x20 }

/** Whether the code point takes part in case folding: Latin, Greek, Cyrillic, without the dotted I. */
function cased(c: number): boolean {
  return (c <= 0x17f && c !== 0x130) || (c >= 0x370 && c <= 0x52f)
}

/** A full-width character as its ASCII twin; every other as it is. */
export function narrow(ch: string): string {
  const c = ch.codePointAt(0) ?? 0
  if (c >= 0xff01 && c <= 0xff5e) return String.fromCharCode(c - 0xfee0)
  const to = CURRENCY[c]
  return to === undefined ? ch : String.fromCharCode(to)
}

function single(ch: string, to: string): string {
  return [...to].length === 1 ? to : ch
}

/** Lower case of one character where it has one of a single code point. */
export function lower(ch: string): string {
  return cased(ch.codePointAt(0) ?? 0) ? single(ch, ch.toLowerCase()) : ch
}

/** Upper case of one character where it has one of a single code point. */
export function upper(ch: string): string {
  return cased(ch.codePointAt(0) ?? 0) ? single(ch, ch.toUpperCase()) : ch
}

const ASCII_LOWER = /^[\u0020-\u0040\u005b-\u007f]*$/

/** Width, then case, each code point for itself. */
export function fold(s: string): string {
  if (ASCII_LOWER.test(s)) return s
  let out = ''
  for (const ch of s) out += lower(narrow(ch))
  return out
}

/** Maps each code point of a text. */
export function mapText(s: string, f: (ch: string) => string): string {
  let out = ''
  for (const ch of s) out += f(ch)
  return out
}

/** The order of code points (JavaScript's own order is that of UTF-16 units). */
export function cmpText(a: string, b: string): number {
  if (a === b) return 0
  const x = [...a]
  const y = [...b]
  for (let i = 0; i < x.length && i < y.length; i++) {
    const d = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0)
    if (d !== 0) return d
  }
  return x.length - y.length
}

/** How many code points the text has. */
export function length(s: string): number {
  let n = 0
  for (const _ of s) n++
  return n
}

/** Part of a text by code points. */
export function slice(s: string, from: number, to: number): string {
  return [...s].slice(from, to).join('')
}

const BLANKS = /[\u0009-\u000d\u0020\u00a0\u3000]+/g

/** Without blanks at the ends; each run of them inside becomes one space. */
export function squeeze(s: string): string {
  return s.replace(BLANKS, ' ').replace(/^ | $/g, '')
}
