// Runs the specs of e2e/specs against a running server: `SLUICE_URL=… npm run e2e [name…]`
import { readdirSync } from 'node:fs'
import { open } from './lib/browser.mjs'

const wanted = process.argv.slice(2)
const folder = new URL('./specs/', import.meta.url)
const files = readdirSync(folder).filter(
  (f) => f.endsWith('.spec.mjs') && (wanted.length === 0 || wanted.some((w) => f.includes(w))),
)

const { browser, close } = await open()
let failed = 0
for (const file of files.sort()) {
  const spec = await import(new URL(file, folder))
  for (const [name, run] of Object.entries(spec)) {
    if (typeof run !== 'function') continue
    const title = `${file.replace('.spec.mjs', '')}: ${name}`
    try {
      await run(browser)
      console.log(`ok   ${title}`)
    } catch (error) {
      failed++
      console.log(
        `FAIL ${title}\n     ${String(error.stack ?? error)
          .split('\n')
          .slice(0, 6)
          .join('\n     ')}`,
      )
    } finally {
      for (const context of browser.contexts()) await context.close()
    }
  }
}
await close()
console.log(failed ? `${failed} failed` : 'all passed')
process.exit(failed ? 1 : 0)
