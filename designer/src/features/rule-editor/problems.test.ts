// biome-ignore-all lint/suspicious/noThenProperty: the member is called so in a rule
import { expect, test } from 'vitest'
import type { FormDef, RuleDef } from '@/api/types'
import { ruleShape } from './paths'
import { placed, rowAt, unfinished } from './problems'

const form = {
  formatVersion: 1,
  kind: 'form',
  id: 'order',
  name: {},
  fields: [
    { id: 'note', type: 'text', name: { zh: '备注', en: 'Note' } },
    {
      id: 'lines',
      type: 'lines',
      name: {},
      fields: [{ id: 'brand', type: 'text', name: { zh: '品牌', en: 'Brand' } }],
    },
  ],
} as FormDef
const shape = ruleShape(form, null)
const rule = {
  mode: 'list',
  hitPolicy: 'first',
  outputs: [],
  rows: [
    { id: 'fine', when: { field: 'note', operator: '=', value: 'x' }, then: {} },
    { id: 'open', when: { combinator: 'and', rules: [{ field: 'note', operator: '=', value: null }] }, then: {} },
    {
      id: 'inside',
      when: {
        field: 'lines',
        match: { mode: 'some' },
        value: { combinator: 'and', rules: [{ field: 'brand', operator: 'in', value: [] }] },
      },
      then: {},
    },
  ],
} as unknown as RuleDef

test('what is unfinished is said at its row, by the field’s name', () => {
  const said = unfinished(rule, shape, 'zh')
  expect([...said.keys()]).toEqual([1, 2])
  expect(said.get(1)?.[0]).toContain('备注')
  expect(said.get(2)?.[0]).toContain('品牌')
})

test('the server’s problems find their rows, each said once', () => {
  const problems = [
    { path: '/rows/3/when/value', code: 'a', message: '不对' },
    { path: '/rows/3/then', code: 'a', message: '不对' },
    { path: '/noMatch', code: 'b' },
  ]
  expect(placed(problems)).toEqual([
    { row: 3, text: '不对' },
    { row: -1, text: 'b' },
  ])
  expect(rowAt('/rowsets/1')).toBe(-1)
})
