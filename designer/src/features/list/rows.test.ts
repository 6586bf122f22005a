import { expect, test } from 'vitest'
import type { Data } from '@/api/types'
import { deep } from './rows'

const data: Data = { buyer: { city: '宁波市' }, lines: [{ brand: 'a' }, { qty: 1 }] }

test.each([
  ['buyer.city', '宁波市'],
  ['lines.brand', ['a', null]],
  ['nothing.at.all', undefined],
  ['buyer.city.deeper', undefined],
])('%s', (path, want) => {
  expect(deep(data, path.split('.'))).toEqual(want)
})
