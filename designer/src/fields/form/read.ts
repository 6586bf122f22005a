import type { FieldDef } from '@/api/types'
import { length } from '@/expr/texts'
import { list, NONE, text, type Value } from '@/expr/value'
import { accepts, isPhone, readLeaf } from './leaf'
import type { FieldNode } from './nodes'
import { ADDRESS_PARTS, type Problem } from './shape'

export type Data = Record<string, unknown>

/** Values as read from input, with what was wrong with each by itself. */
export interface ReadRow {
  values: Value[]
  problems: Problem[]
}

const PART_LENGTH: Record<string, number> = {
  province: 50,
  city: 50,
  district: 50,
  street: 200,
  postcode: 20,
  name: 100,
  phone: 40,
}
const MAX_FILES = 20
const MAX_ROWS = 2000

/** Whether JSON says that there is no value. */
export function absent(raw: unknown): boolean {
  return raw === undefined || raw === null || raw === '' || (Array.isArray(raw) && raw.length === 0)
}

/**
 * Reads the members of a record or of one line. Problems have paths relative to it. `complete`: what must be
 * there whatever else is said is missed; the changes of an edit need not name it.
 */
export function readRow(
  nodes: readonly FieldNode[],
  data: Data,
  cache: WeakMap<object, ReadRow>,
  complete: boolean,
): ReadRow {
  const last = nodes.at(-1)
  const values: Value[] = new Array(last ? last.slot + last.width : 0).fill(NONE)
  const problems: Problem[] = []
  const known = new Set(nodes.map((n) => n.def.id))
  for (const key of Object.keys(data))
    if (!known.has(key)) problems.push({ path: `/${escapePart(key)}`, code: 'unknown_field', params: { name: key } })
  for (const n of nodes) {
    const raw = data[n.def.id]
    if (complete && absent(raw) && alwaysRequired(n.def)) problems.push({ path: `/${n.def.id}`, code: 'required' })
    if (absent(raw) || n.def.type === 'serial') continue
    if (n.def.type === 'computed') {
      // Compared with the outcome later; of a stored record it is the value from before.
      values[n.slot] = readLeaf({ ...n.def, type: n.def.result ?? 'number' }, raw).value
      continue
    }
    const report = (at: string, code: string, more?: Partial<Problem>) => {
      problems.push({ path: `/${n.def.id}${at}`, code, ...more })
    }
    readField(n, raw, values, report, cache)
  }
  return { values, problems }
}

/** Whether input without the field is wrong whatever else it says. */
function alwaysRequired(f: FieldDef): boolean {
  const given =
    f.default !== undefined || !!f.defaultFormula || f.readOnly || f.type === 'computed' || f.type === 'serial'
  return !!f.required && !f.visibleWhen && !given
}

function escapePart(s: string): string {
  return s.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Called for each fault, with its place inside the field. */
export type Report = (at: string, code: string, more?: Partial<Problem>) => void

/** Reads one field that has a value into its slots. */
export function readField(
  n: FieldNode,
  raw: unknown,
  values: Value[],
  report: Report,
  cache: WeakMap<object, ReadRow>,
): void {
  switch (n.def.type) {
    case 'address':
      return void readAddress(n, raw, values, report)
    case 'file':
      return void readFiles(n, raw, values, report)
    case 'lines':
      return void readLines(n, raw, values, report, cache)
  }
  const leaf = readLeaf(n.def, raw)
  values[n.slot] = leaf.value
  for (const { at = '', code, params, message } of leaf.faults) {
    report(at, code, { ...(params && { params }), ...(message && { message }) })
  }
}

function object(raw: unknown): Data | null {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as Data) : null
}

function readAddress(n: FieldNode, raw: unknown, values: Value[], report: Report): void {
  const a = object(raw)
  if (!a) return void report('', 'wrong_type', { params: { want: 'object' } })
  for (const key of Object.keys(a)) {
    const i = ADDRESS_PARTS.indexOf(key as (typeof ADDRESS_PARTS)[number])
    const v = a[key]
    const max = PART_LENGTH[key] ?? 0
    if (i < 0) report(`/${escapePart(key)}`, 'unknown_field', { params: { name: key } })
    else if (absent(v)) continue
    else if (typeof v !== 'string') report(`/${key}`, 'wrong_type', { params: { want: 'text' } })
    else if (length(v) > max) report(`/${key}`, 'too_long', { params: { max } })
    else {
      if (key === 'phone' && !isPhone(v)) report('/phone', 'invalid_phone')
      values[n.slot + i] = text(v)
    }
  }
}

const FILE_PARTS = ['name', 'id', 'size', 'type'] as const

function readFiles(n: FieldNode, raw: unknown, values: Value[], report: Report): void {
  if (!Array.isArray(raw)) return void report('', 'wrong_type', { params: { want: 'list' } })
  const max = n.def.maxItems || MAX_FILES
  if (raw.length > max) report('', 'too_many_items', { params: { max } })
  const files = raw.map(object)
  files.forEach((f, i) => {
    if (!f) {
      report(`/${i}`, 'wrong_type', { params: { want: 'object' } })
      return
    }
    const missing = FILE_PARTS.filter((p) => absent(f[p]))
    for (const p of missing) report(`/${i}/${p}`, 'required')
    if (!missing.includes('type') && !accepts(n.def.accept, String(f.type)))
      report(`/${i}/type`, 'file_type', { params: { accept: (n.def.accept ?? []).join(', ') } })
  })
  for (const [i, name] of FILE_PARTS.entries()) values[n.slot + i] = list(files.map((f) => String(f?.[name] ?? '')))
}

function readLines(n: FieldNode, raw: unknown, values: Value[], report: Report, cache: WeakMap<object, ReadRow>): void {
  if (!Array.isArray(raw)) return void report('', 'wrong_type', { params: { want: 'list' } })
  const max = n.def.maxRows || MAX_ROWS
  if (raw.length > max) report('', 'too_many_rows', { params: { max } })
  if (n.def.minRows && raw.length < n.def.minRows) report('', 'too_few_rows', { params: { min: n.def.minRows } })
  const columns = n.columns ?? []
  const rows = raw.map((item, i) => {
    const line = object(item)
    if (!line) {
      report(`/${i}`, 'wrong_type', { params: { want: 'object' } })
      return []
    }
    // A line that did not change since the last keystroke is not read again.
    let read = cache.get(line)
    if (!read) {
      read = readRow(columns, line, cache, true)
      cache.set(line, read)
    }
    for (const p of read.problems) report(`/${i}${p.path}`, p.code, without(p))
    return read.values
  })
  values[n.slot] = { kind: 'rows', rows }
}

function without({ params, message }: Problem): Partial<Problem> {
  return { ...(params && { params }), ...(message && { message }) }
}
