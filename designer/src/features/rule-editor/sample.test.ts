// biome-ignore-all lint/suspicious/noThenProperty: the member is called so in a rule
import { expect, test } from 'vitest'
import type { FormDef, RuleDef } from '@/api/types'
import { parse } from '@/expr/decimal'
import { number, text } from '@/expr/value'
import { ruleShape } from './paths'
import { count } from './sample'

const form = {
  formatVersion: 1,
  kind: 'form',
  id: 'order',
  name: {},
  fields: [
    { id: 'grade', type: 'text', name: {} },
    { id: 'qty', type: 'number', name: {} },
  ],
} as FormDef
const shape = ruleShape(form, null)
const rows = [
  ['A', '1'],
  ['A', '9'],
  ['B', '9'],
  ['C', '1'],
].map(([g, q]) => [text(g ?? ''), number(parse(q ?? '') ?? { c: 0n, s: 0 })])

const rule = (hitPolicy: RuleDef['hitPolicy']): RuleDef => ({
  formatVersion: 1,
  kind: 'rule',
  id: 'r',
  name: {},
  form: 'order',
  mode: 'table',
  hitPolicy,
  inputs: [
    { id: 'g', field: 'grade' },
    { id: 'q', field: 'qty' },
  ],
  outputs: [],
  rows: [
    { id: 'a', if: { g: { operator: '=', value: 'A' } }, then: {} },
    { id: 'many', if: { q: { operator: '>', value: 5 } }, then: {} },
    { id: 'off', off: true, then: {} },
    { id: 'past', to: '2020-01-01T00:00:00Z', then: {} },
  ],
  noMatch: { action: 'keep' },
})

test('the first row that holds is counted', () => {
  const hits = count(rule('first'), rows, shape, 'UTC')
  expect(Object.fromEntries(hits.rows)).toEqual({ a: 2, many: 1, off: 0, past: 0 })
  expect([hits.none, hits.total]).toEqual([1, 4])
})

test('where all rows count, each is counted', () => {
  expect(Object.fromEntries(count(rule('collect'), rows, shape, 'UTC').rows)).toMatchObject({ a: 2, many: 2 })
})
