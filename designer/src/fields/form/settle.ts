import type { FieldDef } from '@/api/types'
import { type Dec, round, trim } from '@/expr/decimal'
import { type Formula, run } from '@/expr/index'
import { type Env, isEmpty, NONE, number, type Row, type Value } from '@/expr/value'
import { currencyScale, fits, MAX_DIGITS, readLeaf } from './leaf'
import type { CompiledForm, FieldNode } from './nodes'
import type { Problem } from './shape'

/** What holds for a field, or for a column in one line, right now. */
export interface FieldState {
  visible: boolean
  required: boolean
  readOnly: boolean
}

/** A record while it is settled: its values change in place, once per field. */
export interface Settling {
  values: Value[]
  /** By field id, and by "lines/3/qty" for cells. Only what is invisible is listed. */
  hidden: Set<string>
  /** Fields and cells that got their default here. */
  defaulted: Set<string>
  problems: Problem[]
}

/** Settles every field and column once, each after all it reads. Lines are copied before they change. */
export function settle(form: CompiledForm, values: Value[], fresh: boolean, env: Env): Settling {
  const s: Settling = { values, hidden: new Set(), defaulted: new Set(), problems: [] }
  const copied = new Set<FieldNode>()
  for (const { node, lines } of form.steps) {
    if (!lines) {
      settleOne(node, values, null, '', fresh, env, s)
      continue
    }
    const v = values[lines.slot]
    if (v?.kind !== 'rows') continue
    let rows = v.rows as Value[][]
    if (!copied.has(lines)) {
      rows = rows.map((r) => [...r])
      values[lines.slot] = { kind: 'rows', rows }
      copied.add(lines)
    }
    if (passive(node)) continue
    rows.forEach((line, i) => {
      settleOne(node, line, values, `${lines.def.id}/${i}/`, fresh, env, s)
    })
  }
  return s
}

/** Whether nothing can happen to the column: no condition, no formula, no default. */
function passive(n: FieldNode): boolean {
  return !n.visible && !n.formula && !n.defaultFormula && n.def.default === undefined
}

function empty(n: FieldNode, row: Row): boolean {
  for (let i = n.slot; i < n.slot + n.width; i++) if (!isEmpty(row[i] ?? NONE)) return false
  return true
}

function settleOne(
  n: FieldNode,
  row: Value[],
  parent: Row | null,
  prefix: string,
  fresh: boolean,
  env: Env,
  s: Settling,
): void {
  const key = prefix + n.def.id
  if (n.visible && !n.visible.holds(row, parent, env)) {
    s.hidden.add(key)
    for (let i = n.slot; i < n.slot + n.width; i++) row[i] = NONE
    return
  }
  if (n.formula) {
    const r = computedValue(n.def, n.formula, row, parent, env)
    row[n.slot] = r.value
    if (r.problem) s.problems.push({ ...r.problem, path: `/${key}` })
    return
  }
  if (!fresh || !empty(n, row)) return
  if (n.def.default !== undefined && n.width === 1) row[n.slot] = readLeaf(n.def, n.def.default).value
  if (n.defaultFormula && empty(n, row)) {
    const { value, problem } = run(n.defaultFormula, row, parent, env)
    if (problem) s.problems.push({ path: `/${key}`, code: problem.code, params: problem.params })
    row[n.slot] = value
  }
  if (!empty(n, row)) s.defaulted.add(key)
}

/** The value of a computed field: its formula's, rounded to the field's scale and to 15 digits. */
export function computedValue(
  f: FieldDef,
  formula: Formula,
  row: Row,
  parent: Row | null,
  env: Env,
): { value: Value; problem?: Problem } {
  const { value, problem } = run(formula, row, parent, env)
  if (problem) return { value: NONE, problem: { path: '', code: problem.code, params: problem.params } }
  if (value.kind !== 'number') return { value }
  const n = stored(value.n, resultScale(f))
  return n
    ? { value: number(n) }
    : { value: NONE, problem: { path: '', code: 'number_overflow', params: { digits: MAX_DIGITS } } }
}

function resultScale(f: FieldDef): number | null {
  if (f.result === 'integer') return 0
  return f.scale ?? (f.result === 'money' ? currencyScale(f.currency) : null)
}

/** A computed number as it is stored: to the field's scale, then to as many digits as fit; null from 10^15 on. */
function stored(n: Dec, scale: number | null): Dec | null {
  const d = scale === null ? n : round(n, scale, 'away')
  if (!d || fits(d)) return d
  const t = trim(d)
  const whole = Math.max((t.c < 0n ? -t.c : t.c).toString().length - t.s, 0)
  if (whole > MAX_DIGITS) return null
  const cut = round(t, MAX_DIGITS - whole, 'away')
  return cut && fits(cut) ? trim(cut) : null
}
