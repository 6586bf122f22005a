import { expect, test } from 'vitest'
import { safePlace } from './index'

test.each([
  ['/views/board?q=1', '/views/board?q=1'],
  ['//example.com', undefined],
  ['/\\example.com', undefined],
  ['https://example.com', undefined],
  ['/signin', undefined],
  [null, undefined],
])('%s → %s', (next, want) => {
  expect(safePlace(next)).toBe(want)
})
