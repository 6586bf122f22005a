import { isFormat, isUnit } from './calendar'
import { FUNCTIONS, SCALARS } from './functions'
import { Fail } from './lexer'
import type { Node, Place } from './parser'
import type { Kind, Shape, Slot } from './value'

/** The line expression at hand: whose columns it may read. */
interface LineScope {
  key?: string
  place?: Place
}

interface Scope {
  shape: Shape
  line?: LineScope
}

type Call = Extract<Node, { k: 'call' }>
type Kinds = readonly Kind[]

const ANY: Kinds = [...SCALARS, 'list']
const COUNTED: Kinds = [...ANY, 'rows']
const ORDERED: Kinds = ['number', 'date', 'time']

/** Functions over lines; `shared`: all line expressions of one call read the same rows. */
const AGGREGATES: Record<string, { n: [number, number]; args: readonly Kinds[]; shared?: boolean; one?: boolean }> = {
  SUM: { n: [1, Infinity], args: [['number']] },
  AVG: { n: [1, Infinity], args: [['number']] },
  MIN: { n: [1, Infinity], args: [ORDERED], one: true },
  MAX: { n: [1, Infinity], args: [ORDERED], one: true },
  COUNT: { n: [1, Infinity], args: [COUNTED] },
  COUNTIF: { n: [1, 1], args: [['bool']], shared: true },
  SUMIF: { n: [2, 2], args: [['bool'], ['number']], shared: true },
  DISTINCT: { n: [1, 1], args: [ANY], shared: true },
}

const LAZY: Record<string, [number, number]> = {
  IF: [2, 3],
  IFS: [2, Infinity],
  SWITCH: [3, Infinity],
  AND: [1, Infinity],
  OR: [1, Infinity],
  NOT: [1, 1],
  ISBLANK: [1, 1],
  COALESCE: [1, Infinity],
}

/** Finds what a path reads from a shape; null when it reads nothing. */
export function resolve(path: string, shape: Shape): { place: Place; slot: Slot } | null {
  const outer = shape.parent !== null && path.startsWith('parent.')
  return outer && shape.parent ? find(path.slice(7), shape.parent, 'parent') : find(path, shape, 'row')
}

function find(path: string, shape: Shape, of: 'row' | 'parent'): { place: Place; slot: Slot } | null {
  const i = shape.index.get(path)
  const slot = i === undefined ? undefined : shape.slots[i]
  if (i !== undefined && slot) return { place: { of, slot: i }, slot }
  const dot = path.indexOf('.')
  const rows = shape.index.get(path.slice(0, Math.max(dot, 0)))
  const inner = rows === undefined ? undefined : shape.slots[rows]?.rows
  const column = inner?.index.get(path.slice(dot + 1))
  if (rows === undefined || !inner || column === undefined) return null
  return { place: { of: 'line', rows: { of, slot: rows }, slot: column }, slot: inner.slots[column] as Slot }
}

/** Gives every node its kind and every path its place; throws Fail at the first wrong one. */
export function check(n: Node, shape: Shape): Kind {
  const kind = visit(n, { shape })
  want(n, kind, ANY)
  return kind
}

function want(n: Node, got: Kind, kinds: Kinds): void {
  if (!kinds.includes(got)) throw new Fail('formula_kind', n.at, { want: kinds.join(' '), got })
}

function visit(n: Node, c: Scope): Kind {
  n.kind = kindOf(n, c)
  return n.kind
}

function kindOf(n: Node, c: Scope): Kind {
  switch (n.k) {
    case 'lit':
      return n.kind
    case 'path':
      return pathKind(n, c)
    case 'unary': {
      const kind = n.op === 'not' ? 'bool' : 'number'
      want(n.args[0], visit(n.args[0], c), [kind])
      return kind
    }
    case 'binary':
      return binaryKind(n.op, n.args, c)
    case 'call':
      return callKind(n, c)
  }
}

function pathKind(n: Extract<Node, { k: 'path' }>, c: Scope): Kind {
  const r = resolve(n.path, c.shape)
  if (!r) throw new Fail('formula_unknown_field', n.at, { field: n.path })
  if (r.place.of === 'line') {
    if (!c.line) throw new Fail('formula_outside_lines', n.at, { field: n.path })
    const key = `${r.place.rows.of}/${r.place.rows.slot}`
    if (c.line.key !== undefined && c.line.key !== key) throw new Fail('formula_mixed_lines', n.at, { field: n.path })
    c.line.key = key
    c.line.place = r.place.rows
  }
  n.place = r.place
  n.slot = r.slot
  return r.slot.kind
}

/** The kinds that may stand right of an operator when the left one is known; none when the left cannot stand there. */
function rightOf(op: string, left: Kind): Kinds {
  const scalar = SCALARS.includes(left)
  switch (op) {
    case 'and':
    case 'or':
      return left === 'bool' ? ['bool'] : []
    case '&':
      return scalar ? SCALARS : []
    case '+':
      return left === 'number' ? ['number', 'date'] : left === 'date' ? ['number'] : []
    case '-':
      return left === 'number' ? ['number'] : left === 'date' ? ['number', 'date'] : []
    case '*':
    case '/':
    case '%':
      return left === 'number' ? ['number'] : []
  }
  if (!scalar || (left === 'bool' && op !== '=' && op !== '<>')) return []
  return left === 'date' || left === 'time' ? ['date', 'time'] : [left]
}

const LEFT: Kinds = ['text', 'number', 'bool', 'date', 'time', 'list', 'rows', 'none']

function binaryKind(op: string, [a, b]: [Node, Node], c: Scope): Kind {
  const left = visit(a, c)
  const right = visit(b, c)
  const allowed = rightOf(op, left)
  if (allowed.length === 0)
    want(
      a,
      left,
      LEFT.filter((k) => rightOf(op, k).length > 0),
    )
  want(b, right, allowed)
  if (op === '&') return 'text'
  if (op === '+') return left === 'date' || right === 'date' ? 'date' : 'number'
  if (op === '-') return left === 'date' && right === 'number' ? 'date' : 'number'
  return op === '*' || op === '/' || op === '%' ? 'number' : 'bool'
}

function count(n: Call, [min, max]: readonly [number, number]): void {
  const got = n.args.length
  const odd = n.op === 'DATE' && got === 2
  if (got < min || got > max || odd) throw new Fail('formula_argument_count', n.at, { function: n.op, got })
}

function callKind(n: Call, c: Scope): Kind {
  const agg = AGGREGATES[n.op]
  if (agg) return aggregateKind(n, c, agg)
  const lazy = LAZY[n.op]
  if (lazy) {
    count(n, lazy)
    return lazyKind(
      n,
      n.args.map((a) => visit(a, c)),
    )
  }
  const f = FUNCTIONS[n.op]
  if (!f) throw new Fail('formula_unknown_function', n.at, { function: n.op })
  count(n, f.n)
  const kinds = n.args.map((a) => visit(a, c))
  const args = n.op === 'DATE' ? (kinds.length === 1 ? [['date', 'time'] as Kinds] : [['number'] as Kinds]) : f.args
  n.args.forEach((a, i) => {
    want(a, kinds[i] ?? 'none', args[i] ?? args.at(-1) ?? [])
  })
  literalArgument(n, kinds)
  return typeof f.result === 'function' ? f.result(kinds) : f.result
}

/** Formats and units are literals, so that a wrong one is found before anything runs. */
function literalArgument(n: Call, kinds: Kinds): void {
  const i = n.op === 'TEXT' ? 1 : n.op === 'DATEADD' || n.op === 'DATEDIFF' ? 2 : -1
  const a = n.args[i]
  if (!a) return
  const s = a.k === 'lit' && a.value.kind === 'text' ? a.value.s : null
  const times = kinds[0] === 'time' && (n.op !== 'DATEDIFF' || kinds[1] === 'time')
  const ok = s !== null && (n.op === 'TEXT' ? isFormat(s, kinds[0] ?? '') : isUnit(s.toLowerCase(), times))
  if (!ok) throw new Fail('formula_format', a.at, { text: s ?? '' })
}

function lazyKind(n: Call, kinds: Kinds): Kind {
  const each = (allowed: (i: number) => Kinds) => {
    n.args.forEach((a, i) => {
      want(a, kinds[i] ?? 'none', allowed(i))
    })
  }
  const alike = (from: number): Kinds => (ANY.includes(kinds[from] ?? 'none') ? [kinds[from] ?? 'none'] : ANY)
  const pairs = n.args.length
  switch (n.op) {
    case 'IF':
      each((i) => (i === 0 ? ['bool'] : alike(1)))
      return kinds[1] ?? 'none'
    case 'IFS':
      each((i) => (i % 2 === 0 && i < pairs - 1 ? ['bool'] : alike(1)))
      return kinds[1] ?? 'none'
    case 'SWITCH':
      each((i) => (i === 0 ? SCALARS : i % 2 === 1 && i < pairs - 1 ? rightOf('=', kinds[0] ?? 'none') : alike(2)))
      return kinds[2] ?? 'none'
    case 'COALESCE':
      each(() => alike(0))
      return kinds[0] ?? 'none'
    case 'ISBLANK':
      each(() => COUNTED)
      return 'bool'
    default:
      each(() => ['bool'])
      return 'bool'
  }
}

function aggregateKind(n: Call, c: Scope, spec: (typeof AGGREGATES)[string]): Kind {
  if (c.line) throw new Fail('formula_nested_lines', n.at, { function: n.op })
  count(n, spec.n)
  const shared: LineScope = {}
  n.lines = []
  const kinds = n.args.map((a, i) => {
    const line = hasColumn(a, c.shape) ? (spec.shared ? shared : {}) : undefined
    const kind = visit(a, line ? { shape: c.shape, line } : { shape: c.shape })
    ;(n.lines as (Place | null)[])[i] = line?.place ?? null
    return kind
  })
  n.args.forEach((a, i) => {
    want(a, kinds[i] ?? 'none', spec.one && i > 0 ? [kinds[0] ?? 'none'] : (spec.args[i] ?? spec.args.at(-1) ?? []))
  })
  const first = n.args[0] as Node
  const lines = n.lines.some((l) => l !== null)
  const list = n.op === 'DISTINCT' && kinds[0] === 'list'
  if (spec.shared && lines === list)
    throw new Fail('formula_kind', first.at, { want: 'lines', got: kinds[0] ?? 'none' })
  return spec.one ? (kinds[0] ?? 'none') : 'number'
}

/** Whether a column of line items occurs outside of further aggregates. */
function hasColumn(n: Node, shape: Shape): boolean {
  if (n.k === 'path') return resolve(n.path, shape)?.place.of === 'line'
  if (n.k === 'lit' || (n.k === 'call' && AGGREGATES[n.op])) return false
  return n.args.some((a) => hasColumn(a, shape))
}
