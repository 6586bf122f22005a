// Writes .br and .gz twins of everything in dist that gains from it, so that the server never compresses.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist', import.meta.url).pathname
const worth = /\.(js|css|html|svg|json|webmanifest)$/

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

// The bundle's manifest is for scripts/size.mjs, not for the public.
const cache = new URL('../node_modules/.cache', import.meta.url).pathname
mkdirSync(cache, { recursive: true })
renameSync(join(dist, '.vite', 'manifest.json'), join(cache, 'manifest.json'))
rmSync(join(dist, '.vite'), { recursive: true })

for (const path of files(dist)) {
  if (!worth.test(path)) continue
  const raw = readFileSync(path)
  if (raw.length < 512) continue
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }))
  writeFileSync(`${path}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
