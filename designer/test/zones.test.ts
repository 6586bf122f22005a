// Who may import whom, and how long a file may be. The zones are the folders of src; a new folder must be given its place here.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')
const ranks = [
  ['lib', 'i18n'],
  ['rule', 'expr', 'api'],
  ['live', 'ui'],
  ['fields', 'blocks', 'views'],
  ['features'],
  ['app'],
]
const rankOf = new Map(ranks.flatMap((zones, rank) => zones.map((zone) => [zone, rank] as const)))

function* files(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else if (/\.(ts|tsx|css)$/.test(name)) yield path
  }
}

const all = [...files(src)].map((path) => ({ path: relative(src, path), text: readFileSync(path, 'utf8') }))

/** Paths below src that a file imports, statically or lazily. */
function imports(file: { path: string; text: string }): string[] {
  const found = [...file.text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((m) => m[1]!)
  return found.flatMap((to) => {
    if (to.startsWith('@/')) return [to.slice(2)]
    return to.startsWith('.') ? [join(dirname(file.path), to)] : []
  })
}

/** What is wrong with an import, if anything. */
function wrong(from: string, to: string): string | undefined {
  if (to.startsWith('../../schemas/')) return undefined // files that the server reads too
  const [a, b] = [from.split('/'), to.split('/')]
  const [rankA, rankB] = [rankOf.get(a[0]!), rankOf.get(b[0]!)]
  if (rankA === undefined || rankB === undefined) return `${from} → ${to}: a folder without a zone`
  if (rankB > rankA) return `${from} → ${to}: ${a[0]} is left of ${b[0]}`
  if (a[0] === 'features' && b[0] === 'features' && a[1] !== b[1])
    return `${from} → ${to}: features do not import each other`
  return undefined
}

test('every folder has a zone', () => {
  const folders = readdirSync(src).filter((name) => statSync(join(src, name)).isDirectory())
  expect(folders.filter((name) => !rankOf.has(name))).toEqual([])
})

test('imports point to the left', () => {
  expect(all.flatMap((file) => imports(file).flatMap((to) => wrong(file.path, to) ?? []))).toEqual([])
})

test('the check finds what it is for', () => {
  expect(wrong('lib/a.ts', 'ui/Button')).toMatch('left of')
  expect(wrong('features/board/a.ts', 'features/list/b')).toMatch('each other')
  expect(wrong('features/board/a.ts', 'features/board/b')).toBeUndefined()
  expect(wrong('fresh/a.ts', 'lib/b')).toMatch('without a zone')
  expect(
    imports({ path: 'app/A.tsx', text: "import { x } from '../ui/x'\nlazy(() => import('@/features/y'))" }),
  ).toEqual(['ui/x', 'features/y'])
  expect(all.length).toBeGreaterThan(50)
})

test('no file is longer than 300 lines', () => {
  const long = all.filter((f) => /\.tsx?$/.test(f.path) && f.text.split('\n').length > 301)
  expect(long.map((f) => f.path)).toEqual([])
})
