// biome-ignore-all lint/suspicious/noThenProperty: the member is called so in a rule
import { expect, test } from 'vitest'
import type { FormDef, RuleDef, RuleRow } from '@/api/types'
import { differences } from './diff'
import { ruleShape } from './paths'

const form = {
  formatVersion: 1,
  kind: 'form',
  id: 'order',
  name: {},
  fields: [
    {
      id: 'grade',
      type: 'select',
      name: { zh: '等级', en: 'Grade' },
      options: [{ id: 'A', name: { zh: '甲', en: 'A' } }],
    },
    { id: 'warehouse', type: 'text', name: { zh: '仓', en: 'Warehouse' } },
  ],
} as FormDef
const shape = ruleShape(form, null)
const row = (id: string, to: string): RuleRow => ({
  id,
  when: { field: 'grade', operator: '=', value: 'A' },
  then: { warehouse: { value: to } },
})
const rule = (...rows: RuleRow[]): RuleDef => ({
  formatVersion: 1,
  kind: 'rule',
  id: 'r',
  name: {},
  form: 'order',
  mode: 'list',
  hitPolicy: 'first',
  outputs: [{ field: 'warehouse' }],
  rows,
  noMatch: { action: 'keep' },
})

test('says what changed, in words', () => {
  const live = rule(row('a', 'x'), row('b', 'y'), row('c', 'z'))
  const draft = {
    ...rule(row('a', 'w'), { ...row('c', 'z'), off: true }, row('d', 'q')),
    noMatch: { action: 'refuse' as const, reason: { zh: '不行', en: 'No' } },
  }
  expect(differences(live, draft, shape, 'en')).toEqual([
    { kind: 'removed', n: 2, before: 'When Grade is “A”: Warehouse → “y”' },
    {
      kind: 'changed',
      n: 1,
      before: 'When Grade is “A”: Warehouse → “x”',
      after: 'When Grade is “A”: Warehouse → “w”',
    },
    { kind: 'off', n: 2, after: 'When Grade is “A”: Warehouse → “z”' },
    { kind: 'added', n: 3, after: 'When Grade is “A”: Warehouse → “q”' },
    { kind: 'changed', n: 0, before: 'Otherwise nothing changes', after: 'Otherwise refuse: No' },
  ])
})

test('nothing changed is an empty list', () => {
  const live = rule(row('a', 'x'))
  expect(differences(live, structuredClone(live), shape, 'zh')).toEqual([])
})

test('of a reordering, as few rows as possible count as moved', () => {
  const live = rule(row('a', '1'), row('b', '2'), row('c', '3'), row('d', '4'))
  const draft = rule(row('d', '4'), row('a', '1'), row('b', '2'), row('c', '3'))
  expect(differences(live, draft, shape, 'zh').map((d) => [d.kind, d.n])).toEqual([['moved', 1]])
})

test('a rule that is not live yet is all new', () => {
  expect(differences(undefined, rule(row('a', 'x')), shape, 'zh')).toEqual([
    { kind: 'added', n: 1, after: '当等级为“甲”时：仓 → “x”' },
  ])
})
