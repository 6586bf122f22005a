import { type Env, isEmpty, NONE, type Row, type Value } from '@/expr/value'
import { sameJSON } from './data'
import { restore, sameField, twinsOf } from './lines'
import type { CompiledForm, FieldNode } from './nodes'
import { absent, type Data, type ReadRow, readRow } from './read'
import { blank, evaluated, recheck, settle } from './settle'
import type { Problem } from './shape'

/** What a form is asked: the input, and for an edit what is stored. */
export interface Question {
  /** The whole data: of a new record, or of the stored one with the changes in it. */
  data: Data
  /** The stored data, for an edit. */
  stored?: Data
  /** The changes, for an edit; worked out by comparing when absent. */
  patch?: Data
  env: Env
  /** Fields that the person may not write. */
  locked?: ReadonlySet<string>
  /** System values by path: "$state", "$created" … */
  system?: Readonly<Record<string, Value>>
}

/** Where a value stands: in the record or in one of its lines. */
export interface Place {
  row: Value[]
  /** Of a line: the record. */
  parent: Value[] | null
  /** What was there: the stored record or line; null when new. */
  before: Row | null
  /** "qty", or "lines/3/qty" */
  key: string
}

/** One check of one record. */
export class Run {
  readonly form: CompiledForm
  readonly q: Question
  readonly row: Value[]
  readonly hidden = new Set<string>()
  readonly derived: { n: FieldNode; p: Place }[] = []
  /** Of single values; the second stage begins only when there are none. */
  readonly first: Problem[]
  readonly second: Problem[] = []
  private readonly before: Row | null
  private readonly twins = new Map<FieldNode, (Row | null)[]>()
  private readonly touched: ReadonlySet<string> | null

  constructor(form: CompiledForm, q: Question, cache: WeakMap<object, ReadRow>) {
    this.form = form
    this.q = q
    const { stored } = q
    this.touched = stored ? changed(form, q.data, stored, q.patch) : null
    const read = readRow(form.fields, q.data, cache, !stored)
    this.row = this.withSystem(read.values)
    this.before = stored ? this.withSystem(readRow(form.fields, stored, cache, false).values) : null
    this.first = read.problems.filter((p) => this.touched?.has(p.path.split('/')[1] ?? '') ?? true)
    this.copyLines()
    this.refuseOff()
  }

  private withSystem(values: readonly Value[]): Value[] {
    return this.form.shape.slots.map((s, i) => values[i] ?? this.q.system?.[s.path] ?? NONE)
  }

  decide(): void {
    settle(this)
    this.demand()
    this.guard()
    this.check()
    if (this.second.length === 0) recheck(this)
  }

  complain(key: string, code: string, more: Partial<Problem> = {}): void {
    this.second.push({ ...more, path: key === '' ? '' : `/${key}`, code })
  }

  /** The raw input at a key; undefined for what an edit does not touch. */
  given(key: string): unknown {
    const [field = ''] = key.split('/')
    if (this.touched && !this.touched.has(field)) return undefined
    return key.split('/').reduce<unknown>((v, k) => (v as Data | undefined)?.[k], this.q.data)
  }

  /** Calls visit wherever the node has a value: once, or for each line. */
  places(n: FieldNode, lines: FieldNode | undefined, visit: (p: Place) => void): void {
    if (!lines) {
      visit({ row: this.row, parent: null, before: this.before, key: n.def.id })
      return
    }
    const v = this.row[lines.slot]
    if (v?.kind !== 'rows') return
    const twins = this.twins.get(lines)
    v.rows.forEach((row, i) => {
      const before = twins?.[i] ?? null
      visit({ row: row as Value[], parent: this.row, before, key: `${lines.def.id}/${i}/${n.def.id}` })
    })
  }

  /** Visits every field and column; those that the test leaves out are not looked for in lines. */
  private each(wanted: (n: FieldNode) => boolean, visit: (n: FieldNode, p: Place) => void): void {
    for (const n of this.form.fields) {
      if (wanted(n)) this.places(n, undefined, (p) => visit(n, p))
      for (const c of n.columns ?? []) if (wanted(c)) this.places(c, n, (p) => visit(c, p))
    }
  }

  /** Lines change while they are settled: the read ones are kept for the next time as they are. */
  private copyLines(): void {
    for (const n of this.form.fields) {
      const v = this.row[n.slot]
      if (!n.columns || v?.kind !== 'rows') continue
      const rows = v.rows.map((r) => [...r])
      this.row[n.slot] = { kind: 'rows', rows }
      const old = this.before?.[n.slot]
      if (!this.before) continue
      const stored = old?.kind === 'rows' ? old.rows : []
      const fixed = (c: FieldNode) => !!c.def.readOnly
      const twins = this.touched?.has(n.def.id) ? twinsOf(n, stored, rows, fixed) : [...stored]
      this.twins.set(n, twins)
      rows.forEach((row, i) => {
        const twin = twins[i]
        if (twin) restore(n, row, twin, fixed)
      })
    }
  }

  /** Options that are no longer offered stay where they are stored and may not be chosen anew. */
  private refuseOff(): void {
    const off = (n: FieldNode) => (n.def.options ?? []).some((o) => o.off)
    this.each(off, (n, p) => {
      if (absent(this.given(p.key))) return
      const ids = (row: Row | null) => {
        const v = row?.[n.slot]
        return v?.kind === 'text' ? [v.s] : v?.kind === 'list' ? v.list : []
      }
      const gone = new Set(n.def.options?.filter((o) => o.off).map((o) => o.id))
      const i = ids(p.row).findIndex((id) => gone.has(id) && !ids(p.before).includes(id))
      if (i < 0) return
      const options = n.def.options?.filter((o) => !o.off).map((o) => o.id)
      const at = p.row[n.slot]?.kind === 'list' ? `/${i}` : ''
      this.first.push({ path: `/${p.key}${at}`, code: 'not_option', params: { options: (options ?? []).join(', ') } })
    })
  }

  private demand(): void {
    const wanted = (n: FieldNode) =>
      (!!n.def.required || !!n.required) && !n.def.readOnly && n.def.type !== 'computed' && n.def.type !== 'serial'
    this.each(wanted, (n, p) => {
      if (!blank(n, p.row) || this.hidden.has(p.key)) return
      if (!n.def.required && !n.required?.holds(p.row, p.parent, this.q.env)) return
      if (!n.readOnly?.holds(p.row, p.parent, this.q.env)) this.complain(p.key, 'required')
    })
  }

  private guard(): void {
    const serial = this.form.fields.find((n) => n.def.type === 'serial')
    if (serial && !absent(this.q.data[serial.def.id]) && this.q.data[serial.def.id] !== this.q.stored?.[serial.def.id])
      this.complain(serial.def.id, 'read_only')
    const locked = (n: FieldNode) => !!this.q.locked?.has(n.def.id) && this.form.fields.includes(n)
    const plain = (n: FieldNode) => n.def.type !== 'computed' && n.def.type !== 'serial'
    this.each(
      (n) => plain(n) && (!!n.def.readOnly || !!n.readOnly || locked(n)),
      (n, p) => {
        const closed = n.def.readOnly || n.readOnly?.holds(p.row, p.parent, this.q.env)
        if ((closed || locked(n)) && this.chosen(n, p)) this.complain(p.key, closed ? 'read_only' : 'field_denied')
      },
    )
  }

  /** Whether the value is one that somebody chose: not the stored one, not the default of a new one. */
  private chosen(n: FieldNode, p: Place): boolean {
    if (p.before) return !sameField(n, p.row, p.before) && (!blank(n, p.row) || !this.hidden.has(p.key))
    if (blank(n, p.row)) return false
    if (n.fallback)
      return n.fallback.some((v, i) => JSON.stringify(show(v)) !== JSON.stringify(show(p.row[n.slot + i] ?? NONE)))
    if (!n.defaultFormula) return true
    const v = evaluated(this, n, n.defaultFormula, p)
    return 'code' in v || JSON.stringify(show(v)) !== JSON.stringify(show(p.row[n.slot] ?? NONE))
  }

  private check(): void {
    for (const n of this.form.fields) {
      const v = this.row[n.slot]
      if (!n.checks?.length || v?.kind !== 'rows') continue
      v.rows.forEach((line, i) => {
        for (const c of n.checks ?? []) this.judge(c, line, this.row, `${n.def.id}/${i}`)
      })
    }
    for (const c of this.form.checks) this.judge(c, this.row, null, '')
  }

  private judge(c: NonNullable<FieldNode['checks']>[number], row: Row, parent: Row | null, at: string): void {
    const o = c.test(row, parent, this.q.env)
    if (o.holds) return
    const key = [at, c.def.at ?? ''].filter((x) => x !== '').join('/')
    if (o.problem) this.complain(key, o.problem.code, o.problem)
    else this.complain(key, 'check_failed', { message: c.def.message, check: c.def.id })
  }
}

/** BigInt is nothing that JSON can write. */
function show(v: Value): unknown {
  return isEmpty(v) ? null : v.kind === 'number' ? [Number(v.n.c) / 10 ** v.n.s] : v
}

/** The fields that an edit touches. */
function changed(form: CompiledForm, data: Data, stored: Data, patch: Data | undefined): Set<string> {
  if (patch) return new Set(Object.keys(patch))
  const ids = form.fields.map((n) => n.def.id)
  return new Set(ids.filter((id) => data[id] !== stored[id] && !sameJSON(data[id], stored[id])))
}
