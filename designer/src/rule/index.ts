import { resolve } from '@/expr/check'
import { isExact } from '@/expr/compare'
import type { Env, Row, Shape, Slot } from '@/expr/value'
import type { Condition, Match, RuleProblem } from './def'
import { decide, OPERATORS } from './operators'
import { type Asked, compileRight, type Report, readPlace } from './right'

export type { Condition, Match, RuleProblem } from './def'

/** A compiled condition; one with problems never holds. */
export interface Compiled {
  problems: RuleProblem[]
  holds(row: Row, parent: Row | null, env: Env): boolean
}

const MAX_LEVELS = 16
const MAX_NODES = 2000

type Test = (a: Asked) => boolean
interface Build {
  report: Report
  nodes: number
}

const never: Test = () => false

/** Compiles a condition for a shape. No condition at all holds. */
export function compileCondition(c: Condition | undefined | null, shape: Shape): Compiled {
  const problems: RuleProblem[] = []
  const build: Build = {
    nodes: 0,
    report: (path, code, params) => {
      problems.push(params ? { path, code, params } : { path, code })
    },
  }
  const test = c ? node(c, shape, '', 1, build) : () => true
  return { problems, holds: (row, parent, env) => problems.length === 0 && test({ row, parent, env }) }
}

function node(c: Condition, shape: Shape, path: string, level: number, b: Build): Test {
  if (level > MAX_LEVELS) {
    b.report(path, 'rule_too_deep', { max: MAX_LEVELS })
    return never
  }
  if (++b.nodes > MAX_NODES) {
    if (b.nodes === MAX_NODES + 1) b.report('', 'rule_too_large', { max: MAX_NODES })
    return never
  }
  const test = c.combinator ? group(c, shape, path, level, b) : comparison(c, shape, path, level, b)
  return c.not ? (a) => !test(a) : test
}

function group(c: Condition, shape: Shape, path: string, level: number, b: Build): Test {
  const or = c.combinator === 'or'
  if (!or && c.combinator !== 'and') {
    b.report(`${path}/combinator`, 'rule_combinator', { combinator: c.combinator ?? '' })
    return never
  }
  const tests = (c.rules ?? []).map((r, i) => node(r, shape, `${path}/rules/${i}`, level + 1, b))
  return or ? (a) => tests.some((t) => t(a)) : (a) => tests.every((t) => t(a))
}

function comparison(c: Condition, shape: Shape, path: string, level: number, b: Build): Test {
  const r = resolve(c.field ?? '', shape)
  if (!r || r.place.of === 'line') {
    b.report(`${path}/field`, 'rule_unknown_field', { field: c.field ?? '' })
    return never
  }
  const { place, slot } = r
  const read = (a: Asked) => readPlace(place, slot.kind, a)
  if (slot.kind === 'rows' && c.operator !== 'null' && c.operator !== 'notNull')
    return lines(c, slot, read, path, level, b)
  if (c.match) {
    b.report(`${path}/match`, 'rule_match')
    return never
  }
  return operation(c, slot, shape, read, path, b)
}

function operation(
  c: Condition,
  slot: Slot,
  shape: Shape,
  read: (a: Asked) => ReturnType<typeof readPlace>,
  path: string,
  b: Build,
): Test {
  const name = c.operator ?? ''
  const op = OPERATORS[name]
  if (!op?.fits(slot)) {
    b.report(`${path}/operator`, 'rule_operator', { operator: name })
    return never
  }
  const right =
    op.side === 'none' ? { exact: false, read: () => [] } : compileRight(c, name, op.side, slot, shape, path, b.report)
  if (!right) return never
  const positive = op.not ?? name
  const exact = right.exact || isExact(slot)
  const nobody = c.valueSource === 'actor'
  const test: Test = (a) =>
    nobody && a.env.actor === '' ? false : decide(positive, read(a), right.read(a), exact, a.env.zone)
  return op.not ? (a) => !test(a) : test
}

const MODES: Record<string, (k: number, n: number, threshold: number) => boolean> = {
  all: (k, n) => k === n,
  some: (k) => k >= 1,
  none: (k) => k === 0,
  atLeast: (k, _n, t) => k >= t,
  atMost: (k, _n, t) => k <= t,
  exactly: (k, _n, t) => k === t,
}

function lines(
  c: Condition,
  slot: Slot,
  read: (a: Asked) => ReturnType<typeof readPlace>,
  path: string,
  level: number,
  b: Build,
): Test {
  if (c.operator && c.operator !== '=') {
    b.report(`${path}/operator`, 'rule_operator', { operator: c.operator })
    return never
  }
  const match = c.match as Match | undefined
  const mode = match && MODES[match.mode]
  const threshold = match?.threshold ?? 0
  if (!mode || threshold < 0 || !Number.isInteger(threshold)) {
    b.report(`${path}/match`, 'rule_match')
    return never
  }
  const inside = c.value as Condition | undefined | null
  if (!inside?.combinator || !slot.rows) {
    b.report(`${path}/value`, inside ? 'rule_value' : 'rule_value_missing')
    return never
  }
  const test = node(inside, slot.rows, `${path}/value`, level + 1, b)
  return (a) => {
    const v = read(a)
    const rows = v.kind === 'rows' ? v.rows : []
    const k = rows.filter((line) => test({ row: line, parent: a.row, env: a.env })).length
    return mode(k, rows.length, threshold)
  }
}
