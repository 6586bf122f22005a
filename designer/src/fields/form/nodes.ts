import type { Check, Condition, FieldDef, FormDef } from '@/api/types'
import { resolve } from '@/expr/check'
import { compile, type Formula, run } from '@/expr/index'
import type { Node, Place } from '@/expr/parser'
import { type Env, NONE, type Row, type Shape, type Value } from '@/expr/value'
import { type Compiled, compileCondition } from '@/rule'
import { absent, readField } from './read'
import { type Outcome, type Problem, shapeOf, slotsOf } from './shape'

/** A check of a record or a line, ready to run: whether it holds, or the problem of its formula. */
export interface CompiledCheck {
  def: Check
  test(row: Row, parent: Row | null, env: Env): Outcome
}

/** A field of the form, or a column of its lines, with everything about it compiled. */
export interface FieldNode {
  def: FieldDef
  slot: number
  width: number
  visible?: Compiled
  required?: Compiled
  readOnly?: Compiled
  formula?: Formula
  defaultFormula?: Formula
  /** The constant default, in the field's slots. */
  fallback?: Value[]
  columns?: FieldNode[]
  checks?: CompiledCheck[]
}

/** A step of settling: a field, or a column of the lines at `lines`. */
export interface Step {
  node: FieldNode
  lines?: FieldNode
}

export interface CompiledForm {
  def: FormDef
  shape: Shape
  fields: FieldNode[]
  checks: CompiledCheck[]
  /** Every field and column once, after all that it reads. */
  steps: Step[]
}

/** Compiles a form definition; what the server would refuse to publish is left out silently. */
export function compileForm(def: FormDef): CompiledForm {
  const shape = shapeOf(def)
  const fields = nodesOf(def.fields, shape)
  return { def, shape, fields, checks: checksOf(def.checks, shape), steps: inOrder(fields, shape) }
}

function nodesOf(defs: readonly FieldDef[], shape: Shape): FieldNode[] {
  let slot = 0
  return defs.map((def) => {
    const width = slotsOf(def).length
    const n: FieldNode = { def, slot, width }
    if (def.visibleWhen) n.visible = compileCondition(def.visibleWhen, shape)
    if (def.requiredWhen) n.required = compileCondition(def.requiredWhen, shape)
    if (def.readOnlyWhen) n.readOnly = compileCondition(def.readOnlyWhen, shape)
    const formula = def.type === 'computed' ? formulaOf(def.formula, shape) : undefined
    if (formula) n.formula = formula
    const defaultFormula = formulaOf(def.defaultFormula, shape)
    if (defaultFormula) n.defaultFormula = defaultFormula
    if (def.default !== undefined) n.fallback = fallbackOf(n)
    const inner = shape.slots[slot]?.rows
    if (inner) {
      n.columns = nodesOf(def.fields ?? [], inner)
      n.checks = checksOf(def.checks, inner)
    }
    slot += width
    return n
  })
}

function fallbackOf(n: FieldNode): Value[] {
  const values: Value[] = new Array(n.slot + n.width).fill(NONE)
  if (!absent(n.def.default)) readField(n, n.def.default, values, () => {}, new WeakMap())
  return values.slice(n.slot)
}

function formulaOf(source: string | undefined, shape: Shape): Formula | undefined {
  return source ? compile(source, shape).formula : undefined
}

function checksOf(checks: readonly Check[] | undefined, shape: Shape): CompiledCheck[] {
  return (checks ?? []).map((def) => {
    if (def.holds) {
      const c = compileCondition(def.holds, shape)
      return { def, test: (row, parent, env) => ({ holds: c.holds(row, parent, env) }) }
    }
    const f = formulaOf(def.formula, shape)
    return { def, test: (row, parent, env) => (f ? judge(f, row, parent, env) : { holds: true }) }
  })
}

/** An empty result holds. */
function judge(f: Formula, row: Row, parent: Row | null, env: Env): Outcome {
  const { value, problem } = run(f, row, parent, env)
  if (problem) return { holds: false, problem: { path: '', ...problem } as Problem }
  return { holds: value.kind !== 'bool' || value.b }
}

// ---- what depends on what -----------------------------------------------------------------------------------

/** The name of a field ("qty") or column ("lines.qty") among the steps. */
type Key = string

function placeKey(p: Place, shape: Shape): Key[] {
  if (p.of !== 'line') {
    if (p.of === 'parent') return shape.parent ? placeKey({ of: 'row', slot: p.slot }, shape.parent) : []
    const id = head(shape.slots[p.slot]?.path ?? '')
    const outer = linesKey(shape)
    return [outer ? `${outer}.${id}` : id]
  }
  const owner = p.rows.of === 'parent' ? shape.parent : shape
  const rows = owner?.slots[p.rows.slot]
  return rows?.rows ? [rows.path, `${rows.path}.${head(rows.rows.slots[p.slot]?.path ?? '')}`] : []
}

function head(path: string): string {
  return path.split('.', 1)[0] ?? ''
}

function linesKey(shape: Shape): string | undefined {
  return shape.parent?.slots.find((s) => s.rows === shape)?.path
}

function formulaKeys(n: Node, shape: Shape): Key[] {
  if (n.k === 'path') return n.place ? placeKey(n.place, shape) : []
  return n.k === 'lit' ? [] : n.args.flatMap((a) => formulaKeys(a, shape))
}

function conditionKeys(c: Condition | undefined, shape: Shape): Key[] {
  if (!c) return []
  if (c.combinator) return (c.rules ?? []).flatMap((r) => conditionKeys(r, shape))
  const found = resolve(c.field ?? '', shape)
  const own = found ? placeKey(found.place, shape) : []
  if (c.match && found?.slot.rows) return [...own, ...conditionKeys(c.value as Condition | undefined, found.slot.rows)]
  const values = (Array.isArray(c.value) ? c.value : [c.value]).filter((v): v is string => typeof v === 'string')
  if (c.valueSource === 'field') return [...own, ...values.flatMap((v) => fieldKeys(v, shape))]
  if (c.valueSource === 'formula') return [...own, ...values.flatMap((v) => sourceKeys(v, shape))]
  return own
}

function fieldKeys(path: string, shape: Shape): Key[] {
  const found = resolve(path, shape)
  return found ? placeKey(found.place, shape) : []
}

function sourceKeys(source: string | undefined, shape: Shape): Key[] {
  const f = formulaOf(source, shape)
  return f ? formulaKeys(f.root, shape) : []
}

function reads(n: FieldNode, shape: Shape): Key[] {
  const d = n.def
  const formulas = [n.formula, n.defaultFormula].flatMap((f) => (f ? formulaKeys(f.root, shape) : []))
  return [...conditionKeys(d.visibleWhen, shape), ...formulas]
}

/** Every field and column after what it reads; where nothing depends, in the order of the definition. */
function inOrder(fields: readonly FieldNode[], shape: Shape): Step[] {
  const all = new Map<Key, { step: Step; reads: Key[] }>()
  for (const node of fields) {
    all.set(node.def.id, { step: { node }, reads: reads(node, shape) })
    const inner = shape.slots[node.slot]?.rows
    for (const column of node.columns ?? []) {
      const own = inner ? reads(column, inner) : []
      all.set(`${node.def.id}.${column.def.id}`, { step: { node: column, lines: node }, reads: [node.def.id, ...own] })
    }
  }
  const done = new Set<Key>()
  const out: Step[] = []
  const visit = (key: Key) => {
    const item = all.get(key)
    if (!item || done.has(key)) return
    done.add(key)
    item.reads.forEach(visit)
    out.push(item.step)
  }
  for (const key of all.keys()) visit(key)
  return out
}
