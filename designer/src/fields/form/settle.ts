import { type Dec, round, trim } from '@/expr/decimal'
import { type Formula, run as runFormula } from '@/expr/index'
import { isEmpty, NONE, number, type Row, type Value } from '@/expr/value'
import { jsonOf } from './data'
import { fits, MAX_DIGITS, readLeaf, scaleOfField } from './leaf'
import type { FieldNode } from './nodes'
import type { Place, Run } from './run'
import type { Problem } from './shape'

/** Settles every field and column once, each after all it reads. */
export function settle(r: Run): void {
  for (const { node, lines } of r.form.steps) {
    if (lines && passive(node)) continue
    r.places(node, lines, (p) => settleOne(r, node, p))
  }
}

/** Whether nothing can happen to a column: no condition, no formula, no default. */
function passive(n: FieldNode): boolean {
  return !n.visible && !n.formula && !n.defaultFormula && n.fallback === undefined
}

function settleOne(r: Run, n: FieldNode, p: Place): void {
  if (n.visible && !n.visible.holds(p.row, p.parent, r.q.env)) {
    r.hidden.add(p.key)
    p.row.fill(NONE, n.slot, n.slot + n.width)
    return
  }
  if (n.def.type === 'computed') {
    if (n.formula) compute(r, n, n.formula, p)
    return
  }
  // Defaults are for new records, and for new lines of old ones.
  const fresh = r.q.stored === undefined || (p.parent !== null && p.before === null)
  if (!fresh || !blank(n, p.row)) return
  if (n.fallback) {
    n.fallback.forEach((v, i) => {
      p.row[n.slot + i] = v
    })
  } else if (n.defaultFormula) {
    const v = evaluated(r, n, n.defaultFormula, p)
    if ('code' in v) return void r.complain(p.key, v.code, v)
    p.row[n.slot] = v
    if (!isEmpty(v)) r.derived.push({ n, p })
  }
}

/** Whether none of the field's slots has a value. */
export function blank(n: FieldNode, row: Row): boolean {
  for (let i = n.slot; i < n.slot + n.width; i++) if (!isEmpty(row[i] ?? NONE)) return false
  return true
}

/** Input for a computed field must be its value or the one that was stored. */
function compute(r: Run, n: FieldNode, f: Formula, p: Place): void {
  const v = evaluated(r, n, f, p)
  if ('code' in v) {
    p.row[n.slot] = NONE
    return void r.complain(p.key, v.code, v)
  }
  p.row[n.slot] = v
  const given = r.given(p.key)
  if (given === undefined || given === null || given === '') return
  const was = p.before && jsonOf(n, p.before)
  if (given !== jsonOf(n, p.row) && given !== was) r.complain(p.key, 'read_only')
}

/** The value of a field's formula as the field can hold it, or the problem that ended it. */
export function evaluated(r: Run, n: FieldNode, f: Formula, p: Place): Value | Problem {
  const { value, problem } = runFormula(f, p.row, p.parent, r.q.env)
  if (problem) return { path: '', ...problem }
  if (value.kind !== 'number') return value
  const d = stored(value.n, scaleOfField(n.def))
  return d ? number(d) : { path: '', code: 'number_overflow', params: { digits: MAX_DIGITS } }
}

/** A number as it is stored: to the field's scale, then to as many digits as fit; null from 10^15 on. */
function stored(n: Dec, scale: number | null): Dec | null {
  const d = scale === null ? n : round(n, scale, 'away')
  if (!d || fits(d)) return d
  const t = trim(d)
  const whole = Math.max((t.c < 0n ? -t.c : t.c).toString().length - t.s, 0)
  if (whole > MAX_DIGITS) return null
  const cut = round(t, MAX_DIGITS - whole, 'away')
  return cut && fits(cut) ? trim(cut) : null
}

/** What default formulas gave is checked like input. */
export function recheck(r: Run): void {
  for (const { n, p } of r.derived) {
    const raw = jsonOf(n, p.row)
    if (raw === undefined) continue
    for (const { at = '', code, ...more } of readLeaf(n.def, raw).faults) r.complain(p.key + at, code, more)
  }
}
