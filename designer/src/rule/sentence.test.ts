import { expect, test } from 'vitest'
import { Shape } from '@/expr/value'
import { partsOf, sentenceOf } from './sentence'

const lines = new Shape([
  {
    path: 'brand',
    kind: 'text',
    enum: ['benz'],
    choices: [{ id: 'benz', name: { zh: '奔驰', en: 'Mercedes' } }],
    name: { zh: '品牌', en: 'Brand' },
  },
])
const shape = new Shape([
  {
    path: 'grade',
    kind: 'text',
    enum: ['A'],
    choices: [{ id: 'A', name: { zh: '甲类', en: 'Grade A' } }],
    name: { zh: '等级', en: 'Grade' },
  },
  { path: 'qty', kind: 'number', unit: '件', name: { zh: '数量', en: 'Qty' } },
  { path: 'due', kind: 'date', name: { zh: '期望', en: 'Due' } },
  { path: 'lines', kind: 'rows', rows: lines, name: { zh: '明细', en: 'Lines' } },
])

const condition = {
  combinator: 'and',
  rules: [
    { field: 'grade', operator: 'in', value: ['A'] },
    {
      combinator: 'or',
      rules: [
        { field: 'qty', operator: 'between', value: [1, 5] },
        { field: 'due', operator: '>', value: '2026-01-31' },
      ],
    },
    {
      field: 'lines',
      match: { mode: 'atLeast', threshold: 2 },
      value: {
        combinator: 'and',
        rules: [
          { field: 'brand', operator: '=', value: 'benz' },
          { field: 'parent.qty', operator: 'notNull' },
        ],
      },
    },
  ],
}

test('a condition in Chinese', () => {
  expect(sentenceOf(condition, shape, 'zh')).toBe(
    '等级为“甲类”之一，且（数量在1 件 到 5 件之间或期望晚于2026-01-31），且至少 2 条明细满足（品牌为“奔驰”，且整单数量不为空）',
  )
})

test('a condition in English', () => {
  expect(sentenceOf(condition, shape, 'en')).toBe(
    "Grade is one of “Grade A” and (Qty is between 1 件 and 5 件 or Due is after 2026-01-31) and at least 2 lines of Lines have (Brand is “Mercedes” and the record's Qty is not empty)",
  )
})

test('parts know where they stand', () => {
  const value = partsOf(condition, shape, 'zh').find((p) => p.text === '“奔驰”')
  expect(value).toEqual({ text: '“奔驰”', role: 'value', at: ['rules', 2, 'value', 'rules', 0] })
})

test('nothing, not, and unfinished values', () => {
  expect(sentenceOf(undefined, shape, 'zh')).toBe('总是')
  expect(sentenceOf({ combinator: 'or', rules: [] }, shape, 'en')).toBe('never')
  expect(sentenceOf({ not: true, field: 'qty', operator: '<', value: 3 }, shape, 'zh')).toBe('并非（数量小于3 件）')
  expect(sentenceOf({ field: 'grade', operator: '=', value: null }, shape, 'zh')).toBe('等级为……')
  expect(sentenceOf({ field: 'gone', operator: '=', valueSource: 'formula', value: 'qty * 2' }, shape, 'en')).toBe(
    'gone is the result of qty * 2',
  )
})
