// Prints, as JSON, how many kB (1024 B, gzip 9) of script and style each route loads when it is opened cold.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('../node_modules/.cache/manifest.json', import.meta.url)))
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const kb = (files) =>
  Math.round(
    (10 * [...files].reduce((sum, f) => sum + gzipSync(readFileSync(new URL(f, dist)), { level: 9 }).length, 0)) / 1024,
  ) / 10

function load(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) load(next, seen)
  return seen
}

function sizes(...keys) {
  const chunks = new Set(keys.flatMap((key) => [...load(key)]))
  const js = new Set([...chunks].map((key) => manifest[key].file))
  const css = new Set([...chunks].flatMap((key) => manifest[key].css ?? []))
  return { js: kb(js), css: kb(css) }
}

const out = { shell: sizes(entry) }
for (const key of manifest[entry].dynamicImports ?? []) {
  const name = key.match(/features\/([^/]+)\//)?.[1]
  if (name) out[name] = sizes(entry, key)
}
console.log(JSON.stringify({ board_js_kb: out.board?.js ?? null, routes: out }, null, 2))
