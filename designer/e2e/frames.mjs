// How smooth a board is while it changes: frames per second and script time, with a blank page as control.
// `SLUICE_URL=… node e2e/frames.mjs [view] [seconds]` (something else must cause the changes)
import { base, newPage, open, signIn } from './lib/browser.mjs'

const view = process.argv[2] ?? 'sales-board'
const seconds = Number(process.argv[3] ?? 5)

async function measure(page, cpu, name) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu })
  const read = async () =>
    Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
  const before = await read()
  const frames = await page.evaluate(
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
  const sorted = [...frames].sort((a, b) => a - b)
  const perSecond = (key) => Math.round(((after[key] - before[key]) / seconds) * 1000)
  console.log(
    JSON.stringify({
      name,
      cpu: `${cpu}x`,
      fps: Math.round((frames.length / (frames.reduce((a, b) => a + b, 0) / 1000)) * 10) / 10,
      p95_ms: Math.round(sorted[Math.floor(sorted.length * 0.95)] * 10) / 10,
      script_ms_per_s: perSecond('ScriptDuration'),
      main_thread_ms_per_s: perSecond('TaskDuration'),
      dom_nodes: after.Nodes,
    }),
  )
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
}

const { browser, close } = await open()
for (const size of ['desktop', 'phone']) {
  const cpu = size === 'desktop' ? 1 : 4
  const page = await newPage(browser, { size })
  await page.goto('about:blank')
  await measure(page, cpu, `${size} blank`)
  await signIn(page)
  await page.goto(`${base}/views/${view}`)
  await page.waitForSelector('.card')
  await measure(page, cpu, `${size} board`)
  await page.context().close()
}
await close()
