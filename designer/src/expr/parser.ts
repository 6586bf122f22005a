import { parse as parseNumber } from './decimal'
import { Fail, lex, type Token } from './lexer'
import { bool, type Kind, number, type Slot, text, type Value } from './value'

/** Where a path reads: the row at hand, the record around it, or a column of line items inside an aggregate. */
export type Place = { of: 'row' | 'parent'; slot: number } | { of: 'line'; rows: Place; slot: number }

/** A node of a formula. `kind` and `place` are filled in by the checker. */
export type Node = { at: number; kind: Kind } & (
  | { k: 'lit'; value: Value }
  | { k: 'path'; path: string; place?: Place; slot?: Slot }
  | { k: 'unary'; op: string; args: [Node] }
  | { k: 'binary'; op: string; args: [Node, Node] }
  | { k: 'call'; op: string; args: Node[]; lines?: (Place | null)[] }
)

export const MAX_DEPTH = 32

const COMPARE = new Set(['=', '<>', '!=', '<', '<=', '>', '>='])
/** Left-associative operators from the loosest to the tightest, below the comparison. */
const LEVELS = [['&'], ['+', '-'], ['*', '/', '%']]

/** Reads a formula into a tree; throws Fail at the first token that does not fit. */
export function parseFormula(source: string): Node {
  const p = new Parser(lex(source))
  const n = p.or()
  p.expectEnd()
  return n
}

class Parser {
  private i = 0
  private depth = 0
  private readonly tokens: Token[]

  constructor(tokens: Token[]) {
    this.tokens = tokens
  }

  private get token(): Token {
    return this.tokens[this.i] as Token
  }

  private is(s: string, t: 'op' | 'word' = 'op'): boolean {
    return this.token.t === t && this.token.s === s
  }

  private unexpected(): never {
    throw new Fail('formula_syntax', this.token.at, { found: this.token.s })
  }

  private expect(s: string): void {
    if (!this.is(s)) this.unexpected()
    this.i++
  }

  expectEnd(): void {
    if (this.token.t !== 'end') this.unexpected()
  }

  private deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new Fail('formula_too_deep', this.token.at, { limit: MAX_DEPTH })
    this.i++
    const r = read()
    this.depth--
    return r
  }

  or(): Node {
    return this.words('or', () => this.words('and', () => this.not()))
  }

  private words(word: string, next: () => Node): Node {
    let a = next()
    while (this.is(word, 'word')) {
      const at = this.token.at
      this.i++
      a = { k: 'binary', op: word, args: [a, next()], at, kind: 'none' }
    }
    return a
  }

  private not(): Node {
    if (!this.is('not', 'word') || this.callOfNot()) return this.comparison()
    const at = this.token.at
    const a = this.deeper(() => this.not())
    return { k: 'unary', op: 'not', args: [a], at, kind: 'none' }
  }

  /** NOT( with no argument or with several is a call with a wrong number of arguments. */
  private callOfNot(): boolean {
    const open = this.tokens[this.i + 1]
    if (open?.t !== 'op' || open.s !== '(') return false
    let level = 0
    for (let j = this.i + 1; j < this.tokens.length; j++) {
      const { t, s } = this.tokens[j] as Token
      if (t !== 'op') continue
      if (s === '(') level++
      else if (s === ')' && --level === 0) return j === this.i + 2
      else if (s === ',' && level === 1) return true
    }
    return false
  }

  private comparison(): Node {
    const a = this.level(0)
    if (this.token.t !== 'op' || !COMPARE.has(this.token.s)) return a
    const { s, at } = this.token
    this.i++
    return { k: 'binary', op: s === '!=' ? '<>' : s, args: [a, this.level(0)], at, kind: 'none' }
  }

  private level(n: number): Node {
    const ops = LEVELS[n]
    if (!ops) return this.prefix()
    let a = this.level(n + 1)
    while (this.token.t === 'op' && ops.includes(this.token.s)) {
      const { s, at } = this.token
      this.i++
      a = { k: 'binary', op: s, args: [a, this.level(n + 1)], at, kind: 'none' }
    }
    return a
  }

  private prefix(): Node {
    if (!this.is('-') && !this.is('+')) return this.operand()
    const { s, at } = this.token
    const a = this.deeper(() => this.prefix())
    return { k: 'unary', op: s, args: [a], at, kind: 'none' }
  }

  private operand(): Node {
    const { t, s, at } = this.token
    const open = this.tokens[this.i + 1]
    const callable = t === 'path' ? !s.includes('.') : t === 'word' && s !== 'true' && s !== 'false'
    if (callable && open?.t === 'op' && open.s === '(') return this.call()
    if (this.is('(')) {
      const n = this.deeper(() => this.or())
      this.expect(')')
      return n
    }
    this.i++
    if (t === 'number') return { k: 'lit', value: number(parseNumber(s) ?? { c: 0n, s: 0 }), at, kind: 'number' }
    if (t === 'text') return { k: 'lit', value: text(s), at, kind: 'text' }
    if (t === 'word' && (s === 'true' || s === 'false'))
      return { k: 'lit', value: bool(s === 'true'), at, kind: 'bool' }
    if (t === 'path') return { k: 'path', path: s, at, kind: 'none' }
    this.i--
    return this.unexpected()
  }

  private call(): Node {
    const { s, at } = this.token
    this.i++
    const args = this.deeper(() => this.arguments())
    return { k: 'call', op: s.toUpperCase(), args, at, kind: 'none' }
  }

  private arguments(): Node[] {
    const args: Node[] = []
    if (!this.is(')')) {
      args.push(this.or())
      while (this.is(',')) {
        this.i++
        args.push(this.or())
      }
    }
    this.expect(')')
    return args
  }
}
