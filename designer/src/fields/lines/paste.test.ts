import { expect, test } from 'vitest'
import type { FieldDef } from '@/api/types'
import { paste } from './paste'
import { isTable, readTable } from './tsv'

const columns: FieldDef[] = [
  { id: 'part', type: 'scan', name: { zh: '编码', en: 'Code' } },
  {
    id: 'brand',
    type: 'select',
    name: { zh: '品牌', en: 'Brand' },
    options: [{ id: 'bmw', name: { zh: '宝马', en: 'BMW' } }],
  },
  { id: 'qty', type: 'integer', name: { zh: '数量', en: 'Qty' }, default: 1 },
  { id: 'sum', type: 'computed', name: { zh: '金额', en: 'Sum' }, formula: 'qty' },
  { id: 'note', type: 'text', name: { zh: '备注', en: 'Note' } },
]

test('reads what spreadsheets copy', () => {
  expect(readTable('a\tb\r\nc\td\r\n')).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  expect(readTable('"x ""y""\nz"\t1')).toEqual([['x "y"\nz', '1']])
  expect(isTable('one cell')).toBe(false)
  expect(isTable('one cell\n')).toBe(false)
  expect(isTable('a\nb')).toBe(true)
})

test('fills from the cell on and adds lines', () => {
  const r = paste('P1\t宝马\t1,200\tn1\nP2\tbmw\tx\t', [{ part: 'old', qty: 5 }], columns, 0, 'part', 100)
  expect(r).toEqual({
    lines: [
      { part: 'P1', brand: 'bmw', qty: 1200, note: 'n1' },
      { part: 'P2', brand: 'bmw', qty: 'x', note: null },
    ],
    count: 2,
  })
})

test('starts in the middle', () => {
  expect(paste('7\thello', [], columns, 0, 'qty', 100).lines).toEqual([{ qty: 7, note: 'hello' }])
})

test('a heading says which columns are meant', () => {
  expect(paste('数量\tCode\n3\tP9', [], columns, 0, 'part', 100).lines).toEqual([{ part: 'P9', qty: 3 }])
})

test('never more lines than allowed', () => {
  expect(paste('a\nb\nc', [], columns, 0, 'part', 2)).toMatchObject({ count: 2, lines: [{ part: 'a' }, { part: 'b' }] })
})
