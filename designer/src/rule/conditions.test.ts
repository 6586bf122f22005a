// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { envOf, type RawRow, type RawSlot, rowOf, shapeOf } from '@/expr/vectors'
import { type Condition, compileCondition } from './index'

interface Vector {
  name: string
  shape?: string
  env?: { now?: string; zone?: string; actor?: string }
  row?: RawRow | string
  at?: { field: string; line: number }
  condition: Condition | null
  want: boolean | { problem: string }
  path?: string
}

const url = new URL('../../../schemas/semantics/conditions.json', import.meta.url)
const file = JSON.parse(readFileSync(url, 'utf8')) as {
  shapes: Record<string, RawSlot[]>
  rows: Record<string, RawRow>
  vectors: Vector[]
}

function decide(v: Vector) {
  const shape = shapeOf(file.shapes[v.shape ?? 'order'] ?? [])
  const row = rowOf((typeof v.row === 'string' ? file.rows[v.row] : v.row) ?? {}, shape)
  if (!v.at) {
    const c = compileCondition(v.condition, shape)
    return { problems: c.problems, holds: c.holds(row, null, envOf(v.env)) }
  }
  const i = shape.index.get(v.at.field) ?? -1
  const inner = shape.slots[i]?.rows
  const rows = row[i]
  if (!inner || rows?.kind !== 'rows') throw new Error(`no lines at ${v.at.field}`)
  const c = compileCondition(v.condition, inner)
  return { problems: c.problems, holds: c.holds(rows.rows[v.at.line] ?? [], row, envOf(v.env)) }
}

describe('conditions', () => {
  test('there are vectors', () => expect(file.vectors.length).toBeGreaterThanOrEqual(300))

  test.each(file.vectors.map((v) => [v.name, v] as const))('%s', (_name, v) => {
    const got = decide(v)
    if (typeof v.want === 'boolean') {
      expect(got.problems).toEqual([])
      expect(got.holds).toBe(v.want)
      return
    }
    expect(got.problems[0]?.code ?? got.holds).toBe(v.want.problem)
    if (v.path !== undefined) expect(got.problems[0]?.path).toBe(v.path)
  })
})
