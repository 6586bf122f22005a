// The browser's figures as JSON lines {name, value, unit, n, note}: `npm run bench`. Starts a server of its own.
import { execFileSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { serve } from './lib/server.mjs'

const CARDS = 2000
const RATE = 50 // changes per second
const SECONDS = 8
const LINES = 500

const say = (name, value, unit, n, note) => console.log(JSON.stringify({ name, value, unit, n, note }))
const machine = () => `load ${loadavg()[0].toFixed(1)}`

async function boards(browser, lib, kit) {
  const cards = await kit.load(CARDS)
  const anywhere = await kit.anywhere()
  for (const [name, size, cpu, worst] of [
    ['board_fps', 'desktop', 1, false],
    ['board_fps_4x', 'small', 4, false],
    ['board_fps_4x_in_sight', 'small', 4, true],
  ]) {
    const page = await lib.enter(browser, 'lead', '/views/sales-board', { size })
    await fill(page)
    const updates = await kit.change(RATE, worst ? await inSight(page) : anywhere)
    const board = await kit.frames(page, { cpu, seconds: SECONDS })
    await page.goto('about:blank') // the same page and the same changes, with nothing to draw
    const control = await kit.frames(page, { cpu, seconds: SECONDS })
    const rate = await updates.stop()
    await page.context().close()
    const note = [
      `${cards} records, the first column loaded to its end`,
      `${rate.toFixed(0)} changes/s ${worst ? 'all of them to cards on the screen' : 'anywhere in that column'}`,
      `p95 frame ${board.p95} ms, script ${board.script} ms/s, main thread ${board.busy} ms/s`,
      `blank page ${control.fps} fps, p95 ${control.p95} ms`,
      machine(),
    ]
    say(name, board.fps, 'fps', board.n, note.join('; '))
  }
}

/** Loads the first column's pages until all its cards are there. */
async function fill(page) {
  await page.waitForSelector('.card')
  const more = page.locator('[data-column="review"] .column-more')
  while ((await more.count()) > 0) {
    const said = await more.textContent()
    await more.evaluate((e) => e.click())
    await page.waitForFunction(
      (s) => document.querySelector('[data-column="review"] .column-more')?.textContent !== s,
      said,
    )
  }
}

/** The cards on the screen: every change of one of them is drawn. */
const inSight = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-column="review"] [data-card], [data-column="routed"] [data-card]')].map(
      (e) => e.dataset.card,
    ),
  )

async function keys(browser, lib, kit, forms) {
  const page = await lib.enter(browser, 'sales', '/forms/order/new')
  await forms.field(page, 'lines').locator('.lines-foot button').first().click()
  await forms.cell(page, 'part').focus()
  const rows = Array.from(
    { length: LINES },
    (_, i) => `P-${i}\tPart ${i}\tBMW\tGenuine part\t${(i % 9) + 1}\t19.9`,
  ).join('\n')
  await page.evaluate((text) => {
    const clipboard = new DataTransfer()
    clipboard.setData('text/plain', text)
    const paste = new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(paste)
  }, rows)
  await page.waitForFunction(
    (n) => document.querySelector('[role=table]')?.getAttribute('aria-rowcount') === String(n + 1),
    LINES,
  )
  const all = page.getByRole('button', { name: /Show all/ })
  if ((await all.count()) > 0) await all.click()
  await page.waitForFunction((n) => document.querySelectorAll('.line-row').length > n, LINES)
  const drawn = await page.locator('.line-row').count()
  const quantity = await kit.keystrokes(page, forms.cell(page, 'price', 3), '1234567890123')
  const text = await kit.keystrokes(page, forms.box(page, 'note'), 'the quick brown fox jumps over')
  const times = [...quantity, ...text]
  const note = `${drawn - 1} lines drawn; in a line p95 ${kit.round(kit.at(quantity, 0.95))} ms, in a text p95 ${kit.round(kit.at(text, 0.95))} ms; key to painted frame; ${machine()}`
  say('keystroke_p95_ms', kit.round(kit.at(times, 0.95)), 'ms', times.length, note)
  await page.context().close()
}

function bytes() {
  const script = new URL('../scripts/size.mjs', import.meta.url).pathname
  const { board_js_kb, routes } = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
  const css = routes.board.css
  say('board_js_kb', board_js_kb, 'kB', 1, `gzip 9, everything a cold board loads; ${css} kB of style besides`)
}

const server = await serve().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
try {
  const [lib, kit, forms] = await Promise.all([
    import('./lib/browser.mjs'),
    import('./frames.mjs'),
    import('./lib/forms.mjs'),
  ])
  const { browser, close } = await lib.open()
  await boards(browser, lib, kit)
  await keys(browser, lib, kit, forms)
  bytes()
  await close()
} finally {
  await server.stop()
}
