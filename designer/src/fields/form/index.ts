import type { FormDef } from '@/api/types'
import { type Env, isEmpty, NONE, type Row, type Value } from '@/expr/value'
import { dataOf, jsonOf, sameJSON } from './data'
import { type CompiledForm, compileForm, type FieldNode } from './nodes'
import { absent, type Data, type ReadRow, readRow } from './read'
import { type FieldState, type Settling, settle } from './settle'
import type { Problem } from './shape'

export type { Data } from './read'
export type { FieldState } from './settle'
export type { Problem } from './shape'

/** What a form is asked: the input, and for an edit what is stored. */
export interface Question {
  /** The whole data: of a new record, or of the stored one with the changes in it. */
  data: Data
  /** The stored data, for an edit. */
  stored?: Data
  env: Env
  /** Fields that the person may not write. */
  locked?: ReadonlySet<string>
  /** System values by path: "$state", "$created" … */
  system?: Readonly<Record<string, Value>>
}

/** The answer: the server's verdict, and what a screen needs while somebody types. */
export interface Answer {
  /** What the server would say, in its order: a stage begins only when the one before found nothing. */
  problems: Problem[]
  /** Everything that is wrong already, whatever its stage: for placing hints while the form is being filled in. */
  hints: Problem[]
  /** The settled values as JSON, computed ones included. */
  data: Data
  row: Row
  state(field: string, lines?: string, line?: number): FieldState
}

const VISIBLE: FieldState = { visible: true, required: false, readOnly: false }
const MOST = 100

/** A form that answers without a server. Keep one per definition: it remembers lines it has read. */
export class Form {
  readonly compiled: CompiledForm
  private readonly cache = new WeakMap<object, ReadRow>()

  constructor(def: FormDef) {
    this.compiled = compileForm(def)
  }

  ask(q: Question): Answer {
    const { fields, shape } = this.compiled
    const read = readRow(fields, q.data, this.cache)
    const values: Value[] = [...read.values]
    for (let i = values.length; i < shape.slots.length; i++) {
      const v = q.system?.[shape.slots[i]?.path ?? '']
      values[i] = v ?? NONE
    }
    const s = settle(this.compiled, values, q.stored === undefined, q.env)
    const must = this.required(s, q.env)
    const closed = this.readOnly(s, q)
    const checks = read.problems.length === 0 ? this.checks(s, q.env) : []
    const second = [...s.problems, ...must, ...closed]
    const verdict = read.problems.length > 0 ? read.problems : second.length > 0 ? second : checks
    return {
      problems: verdict.slice(0, MOST),
      hints: [...read.problems, ...second, ...checks],
      data: dataOf(fields, values),
      row: values,
      state: (field, lines, line) => this.stateOf(s, q, field, lines, line),
    }
  }

  /** Calls f for every visible field, and for every visible cell of visible lines. */
  private each(s: Settling, f: (n: FieldNode, row: Row, parent: Row | null, key: string) => void): void {
    for (const n of this.compiled.fields) {
      if (s.hidden.has(n.def.id)) continue
      f(n, s.values, null, n.def.id)
      const v = s.values[n.slot]
      if (!n.columns || v?.kind !== 'rows') continue
      v.rows.forEach((line, i) => {
        for (const c of n.columns ?? []) {
          const key = `${n.def.id}/${i}/${c.def.id}`
          if (!s.hidden.has(key)) f(c, line, s.values, key)
        }
      })
    }
  }

  private required(s: Settling, env: Env): Problem[] {
    const out: Problem[] = []
    this.each(s, (n, row, parent, key) => {
      if (isRequired(n, row, parent, env) && isBlank(n, row)) out.push({ path: `/${key}`, code: 'required' })
    })
    return out
  }

  private readOnly(s: Settling, q: Question): Problem[] {
    const out: Problem[] = []
    this.each(s, (n, row, parent, key) => {
      const computed = n.def.type === 'computed' || n.def.type === 'serial'
      const locked = !parent && q.locked?.has(n.def.id)
      if (!computed && !locked && !n.def.readOnly && !n.readOnly?.holds(row, parent, q.env)) return
      const given = memberAt(q.data, key)
      if (absent(given)) return
      const want =
        n.def.type === 'serial'
          ? memberAt(q.stored, key)
          : computed
            ? jsonOf(n, row)
            : q.stored
              ? memberAt(q.stored, key)
              : n.def.default
      if (!sameJSON(given, want)) out.push({ path: `/${key}`, code: 'read_only' })
    })
    return out
  }

  private checks(s: Settling, env: Env): Problem[] {
    const out: Problem[] = []
    const add = (prefix: string, c: { def: { at?: string; message: object } }, problem?: Problem) => {
      const at = c.def.at ? `/${c.def.at}` : ''
      out.push({ ...(problem ?? { code: 'check_failed', message: c.def.message }), path: prefix + at })
    }
    for (const n of this.compiled.fields) {
      const v = s.values[n.slot]
      if (!n.checks?.length || s.hidden.has(n.def.id) || v?.kind !== 'rows') continue
      v.rows.forEach((line, i) => {
        for (const c of n.checks ?? []) {
          const o = c.test(line, s.values, env)
          if (!o.holds) add(`/${n.def.id}/${i}`, c, o.problem)
        }
      })
    }
    for (const c of this.compiled.checks) {
      const o = c.test(s.values, null, env)
      if (!o.holds) add('', c, o.problem)
    }
    return out
  }

  private stateOf(s: Settling, q: Question, field: string, lines?: string, line = 0): FieldState {
    const owner = lines === undefined ? undefined : this.compiled.fields.find((n) => n.def.id === lines)
    const n = (owner ? owner.columns : this.compiled.fields)?.find((c) => c.def.id === field)
    if (!n) return VISIBLE
    const v = owner && s.values[owner.slot]
    const row = owner ? ((v?.kind === 'rows' ? v.rows[line] : undefined) ?? []) : s.values
    const parent = owner ? s.values : null
    const key = owner ? `${lines}/${line}/${field}` : field
    const fixed = n.def.readOnly || n.def.type === 'computed' || n.def.type === 'serial'
    return {
      visible: !s.hidden.has(key),
      required: isRequired(n, row, parent, q.env),
      readOnly: fixed || !!q.locked?.has(lines ?? field) || !!n.readOnly?.holds(row, parent, q.env),
    }
  }
}

function isRequired(n: FieldNode, row: Row, parent: Row | null, env: Env): boolean {
  return !!n.def.required || !!n.required?.holds(row, parent, env)
}

function isBlank(n: FieldNode, row: Row): boolean {
  for (let i = n.slot; i < n.slot + n.width; i++) if (!isEmpty(row[i] ?? NONE)) return false
  return true
}

function memberAt(data: unknown, key: string): unknown {
  return key.split('/').reduce<unknown>((v, k) => (v as Record<string, unknown> | undefined)?.[k], data)
}
