// How smooth a board is while it changes, and how fast the intake answers: what bench.mjs measures with.
import { setTimeout as pause } from 'node:timers/promises'
import { call, order, token } from './lib/api.mjs'
import { base } from './lib/browser.mjs'

/** Enters orders until there are `most` of them; returns how many there are. */
export async function load(most) {
  const { counts } = await call('lead', 'GET', '/views/sales-board/records?group=review&limit=1')
  const have = Object.values(counts).reduce((a, b) => a + b, 0)
  const first = await order()
  const data = Object.fromEntries(
    Object.entries(first.data).filter(
      ([f]) => !['no', 'total', 'totalQty', 'payable', 'warehouse', 'promiseHours'].includes(f),
    ),
  )
  const missing = Math.max(0, most - have - 1)
  const lines = Array.from({ length: missing }, (_, i) => JSON.stringify({ key: `bench-${Date.now()}-${i}`, data }))
  for (let i = 0; i < lines.length; i += 500) {
    const answer = await fetch(`${base}/api/v1/forms/order/records/bulk`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', Authorization: `Bearer ${await token('lead')}` },
      body: lines.slice(i, i + 500).join('\n'),
    })
    const said = (await answer.text()).trim().split('\n')
    const last = JSON.parse(said.at(-1))
    if (last.rejected !== 0) throw new Error(`bulk: ${said[0]}`)
  }
  return Math.max(have + 1, most)
}

/** The ids of all orders in review, shuffled: changes fall anywhere on the board. */
export async function anywhere() {
  const open = { combinator: 'and', rules: [{ field: '$state', operator: '=', value: 'review' }] }
  const query = new URLSearchParams({ filter: JSON.stringify(open), limit: '200' })
  const ids = []
  for (;;) {
    const page = await call('lead', 'GET', `/forms/order/records?${query}`)
    ids.push(...page.items.map((r) => r.id))
    if (!page.next) return ids.sort(() => Math.random() - 0.5)
    query.set('cursor', page.next)
  }
}

/** Changes the urgency of these orders in turn, `rate` times a second; stop() ends it and answers how many there were each second. */
export async function change(rate, ids) {
  const begun = performance.now()
  let made = 0
  let failed = 0
  let going = true
  const work = (async () => {
    for (let n = 0; going; n++) {
      const late = begun + (n * 1000) / rate - performance.now()
      if (late > 1) await pause(late)
      const urgency = Math.floor(n / ids.length) % 2 ? 'green' : 'yellow'
      void call('lead', 'PATCH', `/forms/order/records/${ids[n % ids.length]}`, { urgency }).then(
        () => made++,
        () => failed++,
      )
    }
  })()
  return {
    async stop() {
      going = false
      await work
      const seconds = (performance.now() - begun) / 1000
      if (failed > made / 100) throw new Error(`${failed} of ${made + failed} changes failed`)
      return made / seconds
    },
  }
}

/** Frames per second of a page over some seconds, at a CPU that is so many times slower. */
export async function frames(page, { cpu, seconds }) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu })
  const read = async () =>
    Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
  const before = await read()
  const gaps = await page.evaluate(
    (ms) =>
      new Promise((done) => {
        const times = []
        const start = performance.now()
        const step = (now) => {
          times.push(now)
          if (now - start < ms) requestAnimationFrame(step)
          else done(times.slice(1).map((t, i) => t - times[i]))
        }
        requestAnimationFrame(step)
      }),
    seconds * 1000,
  )
  const after = await read()
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const perSecond = (key) => Math.round(((after[key] - before[key]) / seconds) * 1000)
  return {
    n: gaps.length,
    fps: round(gaps.length / (gaps.reduce((a, b) => a + b, 0) / 1000)),
    p95: round(at(gaps, 0.95)),
    script: perSecond('ScriptDuration'),
    busy: perSecond('TaskDuration'),
  }
}

/** Milliseconds from each of some keys in a box to the frame that shows it. */
export async function keystrokes(page, box, text) {
  await box.focus()
  await page.evaluate(() => {
    window.keyTimes = []
    window.keyEnd?.abort()
    window.keyEnd = new AbortController()
    document.addEventListener(
      'keydown',
      (e) => {
        const begun = e.timeStamp
        // After the frame in which the change is painted: a message posted in it runs behind the paint.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => window.keyTimes.push(performance.now() - begun)
          port2.postMessage(0)
        })
      },
      { capture: true, signal: window.keyEnd.signal },
    )
  })
  for (const [i, key] of [...text].entries()) {
    await page.keyboard.press(key)
    await page.waitForFunction((n) => window.keyTimes.length > n, i)
  }
  return page.evaluate(() => window.keyTimes)
}

export const round = (n) => Math.round(n * 10) / 10
export function at(list, share) {
  const sorted = [...list].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
