import { expect, test } from 'vitest'
import { conflicts, patchOf, resolved } from './merge'

test('a patch names what changed, and removes with null', () => {
  const before = { a: 1, b: 'x', c: ['t'], d: { city: '宁波', name: 'n' }, e: 2 }
  const after = { a: 1, b: '', c: [], d: { city: '嘉兴' }, e: 3, f: 'new' }
  expect(patchOf(before, after, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual({
    b: null,
    c: null,
    d: { city: '嘉兴', name: null },
    e: 3,
    f: 'new',
  })
  expect(patchOf(before, after, ['a'])).toEqual({})
})

test('only the same place changed to another value is a conflict', () => {
  const base = { a: 1, b: 1, c: 1, d: 1 }
  const theirs = { a: 2, b: 1, c: 3, d: 1 }
  const patch = { a: 5, b: 6, c: 3 }
  expect(conflicts(base, theirs, patch)).toEqual([{ field: 'a', base: 1, theirs: 2, yours: 5 }])
  expect(resolved(patch, new Set(['a']))).toEqual({ b: 6, c: 3 })
})

test('absent, null and empty are the same', () => {
  expect(conflicts({}, { a: null, b: [] }, { a: null, b: 'x' })).toEqual([])
})
