import type { FormDef } from '@/api/types'
import type { Row } from '@/expr/value'
import { dataOf } from './data'
import { type CompiledForm, compileForm, type FieldNode } from './nodes'
import type { Data, ReadRow } from './read'
import { type Question, Run } from './run'
import type { Problem } from './shape'

export type { Data } from './read'
export type { Question } from './run'
export type { Problem } from './shape'

/** What holds for a field, or for a column in one line, right now. */
export interface FieldState {
  visible: boolean
  required: boolean
  readOnly: boolean
}

/** The answer: the server's verdict, and what a screen needs while somebody types. */
export interface Answer {
  /** What the server would say: values together are looked at only when each by itself is right. */
  problems: Problem[]
  /** Everything that is wrong already: for placing hints while the form is being filled in. */
  hints: Problem[]
  /** The settled values as JSON, computed ones included. */
  data: Data
  row: Row
  state(field: string, lines?: string, line?: number): FieldState
}

const OPEN: FieldState = { visible: true, required: false, readOnly: false }
const MOST = 100

/** A form that answers without a server. Keep one per definition: it remembers lines it has read. */
export class Form {
  readonly compiled: CompiledForm
  private readonly cache = new WeakMap<object, ReadRow>()

  constructor(def: FormDef) {
    this.compiled = compileForm(def)
  }

  ask(q: Question): Answer {
    const r = new Run(this.compiled, q, this.cache)
    r.decide()
    // A check that reads a value which is wrong by itself would only say the same thing twice.
    const wrong = r.first.some((p) => p.code !== 'required')
    const said = new Set(r.first.map((p) => p.path))
    const second = r.second.filter((p) => !(wrong && p.code === 'check_failed') && !said.has(p.path))
    return {
      problems: (r.first.length > 0 ? r.first : r.second).slice(0, MOST),
      hints: [...r.first, ...second],
      data: dataOf(this.compiled.fields, r.row),
      row: r.row,
      state: (field, lines, line) => stateOf(this.compiled, r, field, lines, line),
    }
  }
}

function stateOf(form: CompiledForm, r: Run, field: string, lines?: string, line = 0): FieldState {
  const owner = lines === undefined ? undefined : form.fields.find((n) => n.def.id === lines)
  const n: FieldNode | undefined = (owner ? owner.columns : form.fields)?.find((c) => c.def.id === field)
  if (!n) return OPEN
  const v = owner && r.row[owner.slot]
  const row = owner ? ((v?.kind === 'rows' ? v.rows[line] : undefined) ?? []) : r.row
  const parent = owner ? r.row : null
  const fixed = n.def.readOnly || n.def.type === 'computed' || n.def.type === 'serial'
  const readOnly = fixed || !!r.q.locked?.has(lines ?? field) || !!n.readOnly?.holds(row, parent, r.q.env)
  return {
    visible: !r.hidden.has(owner ? `${lines}/${line}/${field}` : field),
    required: !readOnly && (!!n.def.required || !!n.required?.holds(row, parent, r.q.env)),
    readOnly,
  }
}
