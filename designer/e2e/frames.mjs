// How smooth a board is while it changes: frames per second and script time, with a blank page as control.
// It edits records itself. `SLUICE_URL=… node e2e/frames.mjs [view] [changes per second] [seconds]`
import { base, email, newPage, open, password, signIn } from './lib/browser.mjs'

const view = process.argv[2] ?? 'sales-board'
const rate = Number(process.argv[3] ?? 50)
const seconds = Number(process.argv[4] ?? 5)

async function call(method, path, body, token) {
  const headers = { 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
  if (token) headers.Authorization = `Bearer ${token}`
  const answer = await fetch(`${base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** Edits a free text of one record after the other, `rate` times a second; returns a stop. */
async function change() {
  const { token } = await call('POST', '/sessions', { email, password })
  const { form } = (await call('GET', `/views/${view}`, undefined, token)).definition
  const { definition } = await call('GET', `/forms/${form}`, undefined, token)
  const field = definition.fields.find((f) => f.type === 'longtext' && !f.readOnly).id
  const { items } = await call('GET', `/forms/${form}/records?limit=200`, undefined, token)
  const open = []
  for (const rec of items) {
    const probe = await call('PATCH', `/forms/${form}/records/${rec.id}`, { [field]: 'frames' }, token).catch(
      () => undefined,
    )
    if (probe) open.push(rec.id)
  }
  let n = 0
  const timer = setInterval(() => {
    const id = open[n++ % open.length]
    call('PATCH', `/forms/${form}/records/${id}`, { [field]: `frames ${n}` }, token).catch((error) =>
      console.error(error.message),
    )
  }, 1000 / rate)
  console.log(`${rate} changes per second over ${open.length} records`)
  return () => clearInterval(timer)
}

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

const stop = await change()
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
stop()
