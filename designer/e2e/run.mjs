// Runs the specs of e2e/specs: `npm run e2e [name…]`. Without SLUICE_URL it starts a server of its own.
import { readdirSync } from 'node:fs'
import { serve } from './lib/server.mjs'

const wanted = process.argv.slice(2)
const folder = new URL('./specs/', import.meta.url)

/** The specs to run: each exported function of each file; a word chooses by file or by function. */
async function chosen() {
  const out = []
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.spec.mjs')) continue
    const part = file.replace('.spec.mjs', '')
    for (const [name, run] of Object.entries(await import(new URL(file, folder)))) {
      const title = `${part}: ${name}`
      if (typeof run !== 'function') continue
      if (wanted.length === 0 || wanted.some((w) => title.includes(w))) out.push({ title, run })
    }
  }
  return out
}

async function one(browser, { title, run }) {
  const begun = Date.now()
  const took = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`
  try {
    const notes = await run(browser)
    console.log(`ok   ${title} (${took()})${notes ? `\n     ${notes}` : ''}`)
    return true
  } catch (error) {
    const lines = String(error.stack ?? error).split('\n')
    console.log(`FAIL ${title} (${took()})\n     ${lines.slice(0, 14).join('\n     ')}`)
    if (process.env.SLUICE_SHOTS) await pictures(browser, title)
    return false
  } finally {
    for (const context of browser.contexts()) await context.close()
  }
}

/** What every open page showed when a spec failed. */
async function pictures(browser, title) {
  const { shot } = await import('./lib/browser.mjs')
  const pages = browser.contexts().flatMap((c) => c.pages())
  for (const [i, page] of pages.entries()) await shot(page, `failed-${title.replace(/\W+/g, '-')}-${i}`).catch(() => {})
}

async function main() {
  const server = await serve()
  try {
    const { open } = await import('./lib/browser.mjs') // reads the address that serve() has set
    const { browser, close } = await open()
    let passed = 0
    let failed = 0
    for (const spec of await chosen()) (await one(browser, spec)) ? passed++ : failed++
    await close()
    console.log(`${passed} passed, ${failed} failed`)
    return failed === 0 && passed > 0 ? 0 : 1
  } finally {
    await server.stop()
  }
}

process.exitCode = await main().catch((error) => {
  console.error(error.message)
  return 1
})
