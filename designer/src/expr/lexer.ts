import { narrow } from './texts'

export type TokenType = 'number' | 'text' | 'path' | 'word' | 'op' | 'end'

/** One token; `at` counts code points from the start of the source. */
export interface Token {
  t: TokenType
  s: string
  at: number
}

/** A problem at a place of the source, thrown inside this folder and caught at its door. */
export class Fail extends Error {
  readonly code: string
  readonly at: number
  readonly params: Record<string, string | number>

  constructor(code: string, at: number, params: Record<string, string | number> = {}) {
    super(code)
    this.code = code
    this.at = at
    this.params = params
  }
}

const BLANK = /[\u0009\u000a\u000d\u0020\u00a0\u3000]/
const WORDS = new Set(['and', 'or', 'not', 'true', 'false'])
const TWINS: Record<string, string> = { '≠': '<>', '≤': '<=', '≥': '>=' }
const PAIRS = new Set(['<=', '>=', '<>', '!='])
const SINGLES = '+-*/%&=<>(),'

/** Splits a formula into tokens; the last one is the end. */
export function lex(source: string): Token[] {
  const raw = [...source]
  const src = raw.map(narrow)
  const out: Token[] = []
  for (let i = 0; i < src.length; ) {
    if (BLANK.test(raw[i] ?? '')) {
      i++
      continue
    }
    const { token, end } = next(raw, src, i)
    out.push(token)
    i = end
  }
  out.push({ t: 'end', s: '', at: src.length })
  return out
}

interface Read {
  token: Token
  end: number
}

/** The token that begins at a place which is no blank. */
function next(raw: readonly string[], src: readonly string[], at: number): Read {
  const ch = src[at] ?? ''
  if (/\d/.test(ch)) return digits(src, at)
  if (/[A-Za-z_$]/.test(ch)) {
    const s = name(src, at)
    const low = s.toLowerCase()
    return { token: WORDS.has(low) ? { t: 'word', s: low, at } : { t: 'path', s, at }, end: at + s.length }
  }
  if (ch === '"' || ch === '“') {
    const { s, end } = quoted(raw, at, ch === '"' ? '"' : '”')
    return { token: { t: 'text', s, at }, end }
  }
  const twin = TWINS[ch]
  if (twin) return { token: { t: 'op', s: twin, at }, end: at + 1 }
  const pair = ch + (src[at + 1] ?? '')
  const s = PAIRS.has(pair) ? pair : SINGLES.includes(ch) ? ch : ''
  if (s === '') throw new Fail('formula_syntax', at, { found: raw[at] ?? '' })
  return { token: { t: 'op', s, at }, end: at + s.length }
}

function digits(src: readonly string[], at: number): Read {
  let end = at
  const run = () => {
    while (/\d/.test(src[end] ?? '')) end++
  }
  run()
  if (src[end] === '.' && /\d/.test(src[end + 1] ?? '')) {
    end++
    run()
  }
  return { token: { t: 'number', s: checkDigits(src.slice(at, end).join(''), at), at }, end }
}

/** A name, or names joined by dots; a path cannot begin with a word, so the dot after one is left over. */
function name(src: readonly string[], from: number): string {
  let i = from
  const part = () => {
    const start = i
    if (/[A-Za-z_$]/.test(src[i] ?? '')) i++
    while (i > start && /[A-Za-z0-9_]/.test(src[i] ?? '')) i++
    return src.slice(start, i).join('')
  }
  let s = part()
  while (!WORDS.has(s.toLowerCase()) && src[i] === '.' && /[A-Za-z_$]/.test(src[i + 1] ?? '')) {
    i++
    s += `.${part()}`
  }
  return s
}

function checkDigits(s: string, at: number): string {
  const [whole = '', part = ''] = s.split('.')
  const significant = (whole + part).replace(/^0+/, '').length
  if (significant > 19 || part.length > 19) throw new Fail('formula_number', at)
  return s
}

function quoted(raw: readonly string[], from: number, close: string): { s: string; end: number } {
  let s = ''
  const isClose = (ch: string | undefined) => ch === close || (close === '"' && ch === '＂')
  for (let i = from + 1; i < raw.length; i++) {
    if (!isClose(raw[i])) s += raw[i]
    else if (isClose(raw[i + 1])) s += raw[i++]
    else return { s, end: i + 1 }
  }
  throw new Fail('formula_syntax', from, { found: raw[from] ?? '' })
}
