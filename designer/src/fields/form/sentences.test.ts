// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sentenceOf } from './sentences'

const url = new URL('../../../../schemas/semantics/forms.json', import.meta.url)
const file = JSON.parse(readFileSync(url, 'utf8')) as { vectors: { want: { problems?: { code: string }[] } }[] }
const codes = new Set(file.vectors.flatMap((v) => v.want.problems?.map((p) => p.code) ?? []))

test('every code of the shared vectors has a sentence in both languages', () => {
  const unknown = sentenceOf({ path: '', code: 'no such code' }, 'en')
  expect(codes.size).toBeGreaterThan(10)
  for (const code of codes) {
    expect(sentenceOf({ path: '', code }, 'en'), code).not.toBe(unknown)
    expect(sentenceOf({ path: '', code }, 'zh'), code).not.toBe('')
  }
})

test('params are put in, kinds in words', () => {
  expect(sentenceOf({ path: '', code: 'too_small', params: { min: '1' } }, 'zh')).toBe('太小了，不能小于 1。')
  expect(sentenceOf({ path: '', code: 'wrong_type', params: { want: 'integer' } }, 'en')).toContain('a whole number')
})

test('a message of the definition is said instead', () => {
  expect(sentenceOf({ path: '', code: 'check_failed', message: { zh: '太贵', en: 'Too dear' } }, 'en')).toBe('Too dear')
  expect(sentenceOf({ path: '', code: 'pattern', message: { zh: '只要数字' } }, 'en')).toBe('只要数字')
})
