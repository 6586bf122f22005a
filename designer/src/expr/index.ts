import { check } from './check'
import { evaluate, type Frame } from './evaluate'
import { Fail } from './lexer'
import { type Node, parseFormula } from './parser'
import { type Env, isEmpty, type Kind, NONE, type Row, type Shape, type Value } from './value'

/** What is wrong with a formula, or with one evaluation of it. */
export interface FormulaProblem {
  code: string
  /** line, column (from 1, in code points), excerpt, and what the code mentions. */
  params: Record<string, string | number>
}

/** A formula that fits a shape. */
export interface Formula {
  readonly source: string
  readonly kind: Kind
  readonly root: Node
}

const MAX_BYTES = 4096

/** Compiles a formula for a shape. */
export function compile(
  source: string,
  shape: Shape,
): { formula: Formula; problem?: undefined } | { formula?: undefined; problem: FormulaProblem } {
  try {
    if (new TextEncoder().encode(source).length > MAX_BYTES) throw new Fail('formula_too_long', 0, { limit: MAX_BYTES })
    const root = parseFormula(source)
    return { formula: { source, kind: check(root, shape), root } }
  } catch (e) {
    return { problem: located(e, source) }
  }
}

/** The value of a formula for a row, none when it is empty; or the problem that ended it. */
export function run(f: Formula, row: Row, parent: Row | null, env: Env): { value: Value; problem?: FormulaProblem } {
  const frame: Frame = { row, parent, line: null, env, cost: { spent: 0 } }
  try {
    const v = evaluate(f.root, frame)
    return { value: isEmpty(v) ? NONE : v }
  } catch (e) {
    return { value: NONE, problem: located(e, f.source) }
  }
}

function located(e: unknown, source: string): FormulaProblem {
  if (!(e instanceof Fail)) throw e
  const before = [...source].slice(0, e.at)
  const start = before.lastIndexOf('\n') + 1
  const column = e.at - start + 1
  const text = source.split('\n')[before.filter((c) => c === '\n').length] ?? ''
  const under = before.slice(start).map((c) => ((c.codePointAt(0) ?? 0) >= 0x2e80 ? '\u3000' : ' '))
  const line = before.filter((c) => c === '\n').length + 1
  return { code: e.code, params: { ...e.params, line, column, excerpt: `${text}\n${under.join('')}^` } }
}
