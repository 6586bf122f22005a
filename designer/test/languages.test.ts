// Both languages say the same things: every pair of dictionaries has the same keys with the same places to fill.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

function* folders(dir: string): Generator<string> {
  yield dir
  for (const name of readdirSync(dir)) if (statSync(join(dir, name)).isDirectory()) yield* folders(join(dir, name))
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
const places = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
const pairs = [...folders(src)].filter((dir) => readdirSync(dir).some((f) => f === 'zh-CN.json' || f === 'en.json'))

test('there are dictionaries to compare', () => {
  expect(pairs.length).toBeGreaterThan(5)
})

test.each(pairs.map((dir) => [relative(src, dir), dir]))('%s', (_, dir) => {
  const zh = read(join(dir, 'zh-CN.json'))
  const en = read(join(dir, 'en.json'))
  expect(Object.keys(en)).toEqual(Object.keys(zh))
  for (const key of Object.keys(zh)) {
    expect(places(en[key]!), key).toEqual(places(zh[key]!))
    expect(en[key], key).not.toBe('')
    expect(zh[key], key).not.toBe('')
  }
})
