import { afterEach, expect, test, vi } from 'vitest'
import { draftKey, keyFor, readDraft, writeDraft } from './draft'

const key = draftKey('demo', 'u1', 'order')
afterEach(() => localStorage.clear())

test('a draft comes back as it was', () => {
  const draft = { data: { a: 1, lines: [{ q: 2 }] }, at: 5, sent: { body: '{}', key: 'k' } }
  writeDraft(key, draft)
  expect(readDraft(key)).toEqual(draft)
})

test('an empty form leaves no draft', () => {
  writeDraft(key, { data: { a: 1 }, at: 1 })
  writeDraft(key, { data: { a: null, b: '', c: [] }, at: 2 })
  expect(readDraft(key)).toBeNull()
})

test('another person has another draft', () => {
  writeDraft(key, { data: { a: 1 }, at: 1 })
  expect(readDraft(draftKey('demo', 'u2', 'order'))).toBeNull()
})

test('what is not a draft is none', () => {
  localStorage.setItem(`sluice.${key}`, 'nonsense')
  expect(readDraft(key)).toBeNull()
  localStorage.setItem(`sluice.${key}`, '{"at":1}')
  expect(readDraft(key)).toBeNull()
})

test('the same body is sent with the same key, another with a new one', () => {
  const fresh = vi.fn(() => 'new')
  expect(keyFor('{"a":1}', { body: '{"a":1}', key: 'old' }, fresh)).toBe('old')
  expect(fresh).not.toHaveBeenCalled()
  expect(keyFor('{"a":2}', { body: '{"a":1}', key: 'old' }, fresh)).toBe('new')
  expect(keyFor('{"a":2}', undefined, fresh)).toBe('new')
})
