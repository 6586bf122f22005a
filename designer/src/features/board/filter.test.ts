import { expect, test } from 'vitest'
import type { Card } from '@/api/types'
import { fits, wordsOf } from './filter'

const card: Card = {
  id: '1',
  no: 'SO-0042',
  rev: 1,
  group: 'a',
  sort: '',
  title: '杭州汽修',
  values: { brand: 'benz', qty: 3 },
}
const show = (path: string, value: unknown) => ({ text: path === 'brand' ? '奔驰 Benz' : String(value) })

test.each([
  ['', true],
  ['0042', true],
  ['BENZ 杭州', true],
  ['奔驰', true],
  ['benz 宁波', false],
])('%j fits: %s', (query, want) => {
  expect(fits(card, wordsOf(query), show)).toBe(want)
})
