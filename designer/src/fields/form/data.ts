import { isEmpty, NONE, type Row, toJSON, type Value } from '@/expr/value'
import type { FieldNode } from './nodes'
import type { Data } from './read'
import { ADDRESS_PARTS } from './shape'

/** The values as JSON by field id, in the form's order, absent ones left out. */
export function dataOf(nodes: readonly FieldNode[], row: Row): Data {
  const out: Data = {}
  for (const n of nodes) {
    const v = jsonOf(n, row)
    if (v !== undefined && n.def.type !== 'serial') out[n.def.id] = v
  }
  return out
}

/** The JSON of one field; undefined when it has no value. */
export function jsonOf(n: FieldNode, row: Row): unknown {
  const at = (i: number): Value => row[n.slot + i] ?? NONE
  if (n.def.type === 'address') {
    const parts = ADDRESS_PARTS.flatMap((p, i) => (isEmpty(at(i)) ? [] : [[p, toJSON(at(i))] as const]))
    return parts.length > 0 ? Object.fromEntries(parts) : undefined
  }
  const v = at(0)
  if (isEmpty(v)) return undefined
  if (n.def.type === 'file') {
    const list = (i: number) => {
      const l = at(i)
      return l.kind === 'list' ? l.list : []
    }
    return list(0).map((name, i) => ({ id: list(1)[i], name, size: Number(list(2)[i]), type: list(3)[i] }))
  }
  if (v.kind === 'rows') return v.rows.map((r) => dataOf(n.columns ?? [], r))
  return toJSON(v)
}

/** Whether two JSON values say the same; null, "", [] and absent are alike. */
export function sameJSON(a: unknown, b: unknown): boolean {
  const none = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)
  if (none(a) || none(b)) return none(a) && none(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((k) => sameJSON((a as Data)[k], (b as Data)[k]))
}
