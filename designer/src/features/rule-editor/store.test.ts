// biome-ignore-all lint/suspicious/noThenProperty: the member is called so in a rule
import { describe, expect, test } from 'vitest'
import type { RuleDef } from '@/api/types'
import { act, at, begin, copyRow, freshId, update } from './store'

const rule: RuleDef = {
  formatVersion: 1,
  kind: 'rule',
  id: 'r',
  name: { zh: '规则' },
  form: 'order',
  mode: 'list',
  hitPolicy: 'first',
  outputs: [{ field: 'warehouse' }],
  rows: ['a', 'b', 'c'].map((id) => ({ id, name: { zh: id }, then: { warehouse: { value: id } } })),
  noMatch: { action: 'keep' },
}

const ids = (r: RuleDef) => r.rows.map((x) => x.id).join('')

describe('editing', () => {
  test('one act is one undo', () => {
    let e = begin(rule)
    e = act(e, { do: 'move', path: ['rows'], from: 0, to: 2 })
    e = act(e, { do: 'remove', path: ['rows'], at: 0 })
    expect(ids(e.rule)).toBe('ca')
    e = act(e, { do: 'undo' })
    expect(ids(e.rule)).toBe('bca')
    e = act(e, { do: 'undo' })
    expect(e.rule).toBe(rule)
    expect(act(e, { do: 'undo' })).toBe(e)
    e = act(act(e, { do: 'redo' }), { do: 'redo' })
    expect(ids(e.rule)).toBe('ca')
  })

  test('a new act forgets what was undone', () => {
    let e = act(begin(rule), { do: 'set', path: ['rows', 0, 'off'], value: true })
    e = act(e, { do: 'undo' })
    e = act(e, { do: 'set', path: ['rows', 1, 'off'], value: true })
    expect(act(e, { do: 'redo' })).toBe(e)
    expect(at(e.rule, ['rows', 1, 'off'])).toBe(true)
  })

  test('an act that changes nothing is no step', () => {
    const e = begin(rule)
    expect(act(e, { do: 'move', path: ['rows'], from: 0, to: 0 })).toBe(e)
    expect(act(e, { do: 'move', path: ['rows'], from: 2, to: 3 })).toBe(e)
    expect(act(e, { do: 'set', path: ['id'], value: 'r' })).toBe(e)
    expect(act(e, { do: 'unset', path: ['rows', 0, 'off'] })).toBe(e)
  })

  test('only the containers on the path are new', () => {
    const next = update(rule, ['rows', 1, 'off'], () => true) as RuleDef
    expect(next.rows[0]).toBe(rule.rows[0])
    expect(next.rows[1]).not.toBe(rule.rows[1])
    expect(next.outputs).toBe(rule.outputs)
  })

  test('containers that are missing are made', () => {
    const next = act(begin(rule), { do: 'set', path: ['rows', 0, 'if', 'grade'], value: { operator: '=' } })
    expect(at(next.rule, ['rows', 0, 'if', 'grade'])).toEqual({ operator: '=' })
  })
})

test('a copy has an id of its own and says that it is one', () => {
  const copy = copyRow(
    { ...rule, rows: [{ id: 'a-2', then: {} }] },
    { id: 'a-2', name: { zh: '甲', en: 'A' }, then: {} },
  )
  expect(copy).toEqual({ id: 'a-3', name: { zh: '甲（副本）', en: 'A (copy)' }, then: {} })
  const taken = {
    ...rule,
    rows: [
      { id: 'a-2', then: {} },
      { id: 'a-3', then: {} },
    ],
  }
  expect(freshId(taken, 'a-2')).toBe('a-4')
})
