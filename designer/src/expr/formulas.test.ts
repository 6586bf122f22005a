// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cmp, parse } from './decimal'
import { compile, run } from './index'
import { toJSON } from './value'
import { envOf, type RawRow, type RawSlot, rowOf, shapeOf } from './vectors'

interface Vector {
  name: string
  shape?: string
  env?: { now?: string; zone?: string; actor?: string }
  row?: RawRow | string
  at?: { field: string; line: number }
  formula: string
  want: unknown
  line?: number
  column?: number
  kind?: string
}

const file = JSON.parse(readFileSync(new URL('../../../schemas/semantics/formulas.json', import.meta.url), 'utf8')) as {
  shapes: Record<string, RawSlot[]>
  rows: Record<string, RawRow>
  vectors: Vector[]
}

function decide(v: Vector) {
  const shape = shapeOf(file.shapes[v.shape ?? 'order'] ?? [])
  const row = rowOf((typeof v.row === 'string' ? file.rows[v.row] : v.row) ?? {}, shape)
  if (!v.at) return { ...settle(v, compile(v.formula, shape), row, null) }
  const i = shape.index.get(v.at.field) ?? -1
  const inner = shape.slots[i]?.rows
  const rows = row[i]
  if (!inner || rows?.kind !== 'rows') throw new Error(`no lines at ${v.at.field}`)
  return settle(v, compile(v.formula, inner), rows.rows[v.at.line] ?? [], row)
}

function settle(v: Vector, c: ReturnType<typeof compile>, row: ReturnType<typeof rowOf>, parent: typeof row | null) {
  if (!c.formula) return { problem: c.problem, kind: undefined, value: undefined }
  const r = run(c.formula, row, parent, envOf(v.env))
  return { problem: r.problem, kind: c.formula.kind, value: r.value }
}

describe('formulas', () => {
  test('there are vectors', () => expect(file.vectors.length).toBeGreaterThanOrEqual(300))

  test.each(file.vectors.map((v) => [v.name, v] as const))('%s', (_name, v) => {
    const got = decide(v)
    const want = v.want as { problem?: string } | null
    if (want !== null && typeof want === 'object' && 'problem' in want) {
      expect(got.problem?.code ?? got.value).toBe(want.problem)
      if (v.line !== undefined) expect(got.problem?.params.line).toBe(v.line)
      if (v.column !== undefined) expect(got.problem?.params.column).toBe(v.column)
      return
    }
    expect(got.problem).toBeUndefined()
    if (v.kind) expect(got.kind).toBe(v.kind)
    if (got.value?.kind === 'number') {
      const n = parse(String(v.want))
      expect(n && cmp(got.value.n, n)).toBe(0)
    } else {
      expect(got.value && toJSON(got.value)).toEqual(v.want)
    }
  })
})
