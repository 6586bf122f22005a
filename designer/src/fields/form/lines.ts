import { isEmpty, NONE, type Row, type Value } from '@/expr/value'
import { jsonOf } from './data'
import type { FieldNode } from './nodes'
import { blank } from './settle'

/**
 * For each line the stored line that it replaces: an equal one first, then those
 * left in order; null for a new one. Lines have no ids, so this is the rule of the server.
 */
export function twinsOf(
  n: FieldNode,
  stored: readonly Row[],
  lines: readonly Row[],
  fixed: (c: FieldNode) => boolean,
): (Row | null)[] {
  const key = (row: Row) =>
    JSON.stringify(
      (n.columns ?? []).map((c) => (c.def.type === 'computed' || fixed(c) ? null : (jsonOf(c, row) ?? null))),
    )
  const byKey = new Map<string, number[]>()
  stored.forEach((row, i) => {
    const k = key(row)
    byKey.set(k, [...(byKey.get(k) ?? []), i])
  })
  const used = new Set<number>()
  const twins = lines.map((row) => {
    const i = byKey.get(key(row))?.shift()
    if (i === undefined) return null
    used.add(i)
    return stored[i] ?? null
  })
  const left = stored.filter((_, i) => !used.has(i))
  return twins.map((t) => t ?? left.shift() ?? null)
}

/** Columns that nobody may write keep the value of the line that is replaced, when the new one leaves them out. */
export function restore(n: FieldNode, line: Value[], twin: Row, fixed: (c: FieldNode) => boolean): void {
  for (const c of n.columns ?? []) {
    if (!fixed(c) || c.def.type === 'computed' || !blank(c, line)) continue
    for (let i = c.slot; i < c.slot + c.width; i++) line[i] = twin[i] ?? NONE
  }
}

/** Whether two rows have the same values in a field. */
export function sameField(n: FieldNode, a: Row, b: Row): boolean {
  for (let i = n.slot; i < n.slot + n.width; i++) if (!sameValue(a[i] ?? NONE, b[i] ?? NONE)) return false
  return true
}

function sameValue(a: Value, b: Value): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
  if (a.kind !== b.kind) return false
  if (a.kind === 'number' && b.kind === 'number')
    return a.n.s === b.n.s ? a.n.c === b.n.c : JSON.stringify(jsonLike(a)) === JSON.stringify(jsonLike(b))
  if (a.kind === 'rows' && b.kind === 'rows') {
    const other = b.rows
    return (
      a.rows.length === other.length && a.rows.every((r, i) => r.every((v, j) => sameValue(v, other[i]?.[j] ?? NONE)))
    )
  }
  return JSON.stringify(a) === JSON.stringify(b)
}

function jsonLike(v: Value & { kind: 'number' }): number {
  return Number(v.n.c) / 10 ** v.n.s
}
