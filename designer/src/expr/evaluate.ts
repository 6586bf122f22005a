import { equal, isExact, relate } from './compare'
import { inRange } from './dates'
import { add, int, isInt, mod, mul, neg, quo, sub, toNumber } from './decimal'
import { average, extreme, FUNCTIONS, fitted, identity, join, type Run, sum } from './functions'
import { Fail } from './lexer'
import type { Node, Place } from './parser'
import { bool, date, type Env, FALSE, isEmpty, NONE, number, type Row, type Value } from './value'

/** What one evaluation reads, and what it has cost. */
export interface Frame {
  row: Row
  parent: Row | null
  line: Row | null
  env: Env
  cost: { spent: number }
}

type Call = Extract<Node, { k: 'call' }>

const MAX_COST = 200_000

function runOf(n: Node, x: Frame): Run {
  return {
    zone: x.env.zone,
    now: x.env.now,
    exact: (i) => n.k === 'call' && isIdentifier(n.args[i]),
    fail: (code, params) => {
      throw new Fail(code, n.at, { ...(n.k === 'call' ? { function: n.op } : {}), ...params })
    },
  }
}

function isIdentifier(n: Node | undefined): boolean {
  return n?.k === 'path' && n.slot !== undefined && isExact(n.slot)
}

function slotOf(p: Place, x: Frame): Value {
  const row = p.of === 'row' ? x.row : p.of === 'parent' ? x.parent : x.line
  return row?.[p.slot] ?? NONE
}

function truth(n: Node, x: Frame): boolean {
  const v = evaluate(n, x)
  return v.kind === 'bool' && v.b
}

/** The value of a checked node; throws Fail where evaluation ends in a problem. */
export function evaluate(n: Node, x: Frame): Value {
  switch (n.k) {
    case 'lit':
      return n.value
    case 'path': {
      const v = n.place ? slotOf(n.place, x) : NONE
      return v.kind === n.kind ? v : NONE
    }
    case 'unary': {
      if (n.op === 'not') return bool(!truth(n.args[0], x))
      const v = evaluate(n.args[0], x)
      return v.kind === 'number' && n.op === '-' ? number(neg(v.n)) : v
    }
    case 'binary':
      return binary(n.op, n.args, n, x)
    case 'call':
      return call(n, x)
  }
}

function binary(op: string, [a, b]: [Node, Node], n: Node, x: Frame): Value {
  if (op === 'and') return bool(truth(a, x) && truth(b, x))
  if (op === 'or') return bool(truth(a, x) || truth(b, x))
  const l = evaluate(a, x)
  const r = evaluate(b, x)
  if (op === '&') return join([l, r], runOf(n, x))
  if (n.kind === 'bool') return bool(relate(op, l, r, isIdentifier(a) || isIdentifier(b), x.env.zone))
  return isEmpty(l) || isEmpty(r) ? NONE : arithmetic(op, l, r, runOf(n, x))
}

const SUMS = { '+': add, '-': sub, '*': mul, '/': quo, '%': mod } as const

function arithmetic(op: string, l: Value, r: Value, run: Run): Value {
  if (l.kind === 'number' && r.kind === 'number') {
    if ((op === '/' || op === '%') && r.n.c === 0n) run.fail('formula_division_by_zero')
    return fitted(SUMS[op as keyof typeof SUMS](l.n, r.n), run)
  }
  if (l.kind === 'date' && r.kind === 'date') return number(int(l.i - r.i))
  const [d, n] = l.kind === 'date' ? [l, r] : [r, l]
  if (d.kind !== 'date' || n.kind !== 'number') return NONE
  if (!isInt(n.n)) run.fail('formula_argument')
  const to = d.i + (op === '-' ? -1 : 1) * toNumber(n.n)
  return inRange(to) ? date(to) : run.fail('formula_overflow')
}

function call(n: Call, x: Frame): Value {
  if (n.lines) return aggregate(n, n.lines, x)
  const f = FUNCTIONS[n.op]
  if (!f) return lazy(n, x)
  const args = n.args.map((a) => evaluate(a, x))
  return !f.empties && args.some(isEmpty) ? NONE : f.run(args, runOf(n, x))
}

function lazy(n: Call, x: Frame): Value {
  const a = n.args
  const at = (i: number) => (a[i] ? evaluate(a[i], x) : NONE)
  const holds = (i: number) => truth(a[i] as Node, x)
  switch (n.op) {
    case 'IF':
      return at(holds(0) ? 1 : 2)
    case 'IFS':
      for (let i = 0; i + 1 < a.length; i += 2) if (holds(i)) return at(i + 1)
      return a.length % 2 === 1 ? at(a.length - 1) : NONE
    case 'SWITCH':
      return choose(a, x)
    case 'AND':
      return bool(a.every((_, i) => holds(i)))
    case 'OR':
      return bool(a.some((_, i) => holds(i)))
    case 'NOT':
      return bool(!holds(0))
    case 'ISBLANK':
      return bool(isEmpty(at(0)))
    default:
      for (const arg of a) {
        const v = evaluate(arg, x)
        if (!isEmpty(v)) return v
      }
      return NONE
  }
}

function choose(a: Node[], x: Frame): Value {
  const v = evaluate(a[0] as Node, x)
  for (let i = 1; i + 1 < a.length; i += 2) {
    const k = evaluate(a[i] as Node, x)
    const exact = isIdentifier(a[0]) || isIdentifier(a[i])
    if (equal(v, k, exact, x.env.zone)) return evaluate(a[i + 1] as Node, x)
  }
  return a.length % 2 === 0 ? evaluate(a.at(-1) as Node, x) : NONE
}

function size(n: Node): number {
  return n.k === 'lit' || n.k === 'path' ? 1 : n.args.reduce((s, a) => s + size(a), 1)
}

function linesOf(p: Place, x: Frame): readonly Row[] {
  const v = slotOf(p, x)
  return v.kind === 'rows' ? v.rows : []
}

function spend(n: Call, amount: number, x: Frame): void {
  x.cost.spent += amount
  if (x.cost.spent > MAX_COST) throw new Fail('formula_too_costly', n.at, { function: n.op, limit: MAX_COST })
}

function aggregate(n: Call, places: readonly (Place | null)[], x: Frame): Value {
  const run = runOf(n, x)
  if (n.op === 'COUNTIF' || n.op === 'SUMIF') return conditional(n, places, x, run)
  const values = n.args.flatMap((a, i) => {
    const place = places[i]
    if (!place) return [evaluate(a, x)]
    const lines = linesOf(place, x)
    spend(n, lines.length * size(a), x)
    return lines.map((line) => evaluate(a, { ...x, line }))
  })
  switch (n.op) {
    case 'SUM':
      return number(sum(values, run))
    case 'AVG':
      return average(values, run)
    case 'MIN':
      return extreme(values, -1)
    case 'MAX':
      return extreme(values, 1)
    case 'COUNT':
      return number(int(values.reduce((s, v) => s + counted(v), 0)))
    default: {
      const exact = isIdentifier(n.args[0])
      const items = values.flatMap((v): Value[] => (v.kind === 'list' ? v.list.map((s) => ({ kind: 'text', s })) : [v]))
      return number(int(new Set(items.filter((v) => !isEmpty(v)).map((v) => identity(v, exact))).size))
    }
  }
}

function counted(v: Value): number {
  if (v.kind === 'rows') return v.rows.length
  return v.kind === 'list' ? v.list.length : isEmpty(v) ? 0 : 1
}

function conditional(n: Call, places: readonly (Place | null)[], x: Frame, run: Run): Value {
  const lines = linesOf(places.find((p) => p !== null) as Place, x)
  spend(
    n,
    n.args.reduce((s, a, i) => s + (places[i] ? lines.length * size(a) : 0), 0),
    x,
  )
  const hits: Value[] = []
  for (const line of lines) {
    const frame = { ...x, line }
    if (truth(n.args[0] as Node, frame)) hits.push(n.args[1] ? evaluate(n.args[1], frame) : FALSE)
  }
  return n.op === 'COUNTIF' ? number(int(hits.length)) : number(sum(hits, run))
}
