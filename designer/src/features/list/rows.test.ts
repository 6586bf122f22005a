import { expect, test } from 'vitest'
import type { Data, FormDef, Json } from '@/api/types'
import { deep, type Row, serverSort, sortRows } from './rows'

const data: Data = { buyer: { city: '宁波市' }, lines: [{ brand: 'a' }, { qty: 1 }] }

test.each([
  ['buyer.city', '宁波市'],
  ['lines.brand', ['a', null]],
  ['nothing.at.all', undefined],
  ['buyer.city.deeper', undefined],
])('%s', (path, want) => {
  expect(deep(data, path.split('.'))).toEqual(want)
})

test('the server pages by number and time only', () => {
  const form = {
    fields: [
      { id: 'no', type: 'serial', name: {} },
      { id: 'total', type: 'money', name: {} },
    ],
  } as unknown as FormDef
  expect(['no', '-no', '-$created', 'total', ''].map((sort) => serverSort(form, sort))).toEqual([
    '$no',
    '-$no',
    '-$created',
    undefined,
    undefined,
  ])
})

test('rows that are all here sort by any column, what is empty last both ways', () => {
  const row = (id: string, v?: Json): Row => ({ id, value: () => v })
  const rows = [row('a', 10), row('b', 9), row('c'), row('d', 100)]
  expect(sortRows(rows, 'v').map((r) => r.id)).toEqual(['b', 'a', 'd', 'c'])
  expect(sortRows(rows, '-v').map((r) => r.id)).toEqual(['d', 'a', 'b', 'c'])
  expect(sortRows([row('x', '10号'), row('y', '9号')], 'v').map((r) => r.id)).toEqual(['y', 'x'])
})
