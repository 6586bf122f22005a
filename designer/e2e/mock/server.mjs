// A stand-in for the server while working on screens: the definitions of a pack,
// made-up orders in memory, moves that follow the chain, live deltas. It checks
// next to nothing. `node e2e/mock/server.mjs [port] [orders] [updates per second]`
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'

const [port = 8080, size = 400, rate = 0] = process.argv.slice(2).map(Number)
const root = new URL('../../../templates/auto-parts/', import.meta.url).pathname
const dist = new URL('../../dist/', import.meta.url).pathname
const read = (folder) =>
  Object.fromEntries(
    readdirSync(join(root, folder)).map((f) => [
      f.replace('.json', ''),
      JSON.parse(readFileSync(join(root, folder, f))),
    ]),
  )
const forms = read('forms')
const views = read('views')
const chain = read('flows')['order-chain']
const rules = read('rules')
const roles = read('roles')
const users = JSON.parse(readFileSync(join(root, 'seed/users.json')))
const customers = readFileSync(join(root, 'seed/records.ndjson'), 'utf8')
  .split('\n')
  .filter((l) => l.includes('"form": "customer"'))
  .map((l) => JSON.parse(l))

const store = { customer: new Map(), order: new Map() }
let clock = 0
let seed = 7
const random = () => {
  seed = (seed * 16807) % 2147483647
  return seed / 2147483647
}
const pick = (list) => list[Math.floor(random() * list.length)]
const iso = (ms) => new Date(ms).toISOString()
const hours = (text) => {
  const [, h = 0, m = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(text) ?? []
  return Number(h) * 3600e3 + Number(m) * 60e3
}

customers.forEach((c, i) => {
  const id = `cus${i}`
  store.customer.set(id, {
    id,
    form: 'customer',
    rev: 1,
    title: c.data.name,
    created: iso(Date.now() - 6e9),
    updated: iso(Date.now() - 6e9),
    release: 'r1',
    data: c.data,
  })
})

function limits(rec) {
  const state = chain.states.find((s) => s.id === rec.state)
  if (!state?.limit) return {}
  const entered = Date.parse(rec.entered)
  return {
    due: iso(entered + hours(state.limit.late)),
    ...(state.limit.warn ? { warn: iso(entered + hours(state.limit.warn)) } : {}),
  }
}

for (let i = 0; i < size; i++) {
  const id = `ord${String(i).padStart(6, '0')}`
  const no = `SO-2026-${String(i + 1).padStart(5, '0')}`
  const state = pick(chain.states.slice(0, 6)).id
  const age = state === 'handed' ? random() * 2.4 * 3600e3 : random() * 9 * 3600e3
  const total = Math.round(random() * 900000) / 100
  store.order.set(id, {
    id,
    form: 'order',
    no,
    title: no,
    rev: 1,
    state,
    entered: iso(Date.now() - age),
    created: iso(Date.now() - age - 3600e3),
    updated: iso(Date.now() - age),
    createdBy: 'u0',
    release: 'r1',
    data: {
      no,
      customer: `cus${Math.floor(random() * customers.length)}`,
      grade: pick(['A', 'B', 'C']),
      urgency: pick(['green', 'green', 'green', 'yellow', 'red']),
      warehouse: pick(['ningbo', 'jiaxing', 'taizhou']),
      totalQty: Math.ceil(random() * 60),
      total,
      payable: total,
      lines: [{ sku: 'A-100', qty: 2 }],
      carrier: state === 'packed' ? 'sf' : undefined,
      waybill: state === 'packed' ? `SF${100000 + i}` : undefined,
    },
  })
}

const valueAt = (rec, path) =>
  ({ $state: rec.state, $no: rec.no, $id: rec.id, $created: rec.created, $entered: rec.entered })[path] ??
  rec.data[path]
function holds(cond, rec) {
  if (!cond) return true
  if (cond.combinator) {
    const all = cond.rules.map((r) => holds(r, rec))
    return (cond.combinator === 'and' ? all.every(Boolean) : all.some(Boolean)) !== !!cond.not
  }
  const v = valueAt(rec, cond.field)
  if (cond.operator === 'in') return cond.value.includes(v)
  if (cond.operator === 'notIn') return !cond.value.includes(v)
  return cond.operator === '=' ? v === cond.value : true
}
const inView = (view, rec) =>
  rec.form === view.form &&
  holds(view.filter, rec) &&
  (view.type === 'list' || view.columns.some((c) => c.group === groupOf(view, rec)))
const groupOf = (view, rec) => (view.type === 'list' ? '' : String(valueAt(rec, view.groupBy) ?? ''))
function card(view, rec) {
  const paths =
    view.type === 'list'
      ? view.columns.map((c) => c.field)
      : [view.card.title, ...(view.card.fields ?? []), ...(view.card.badges ?? [])]
  const values = Object.fromEntries(paths.map((p) => [p, valueAt(rec, p)]).filter(([, v]) => v !== undefined))
  const color = view.colors?.find((c) => holds(c.when, rec))?.color
  const sort = (9e14 - Date.parse(rec.created)).toString(16) + rec.id
  return {
    id: rec.id,
    no: rec.no,
    rev: rec.rev,
    group: groupOf(view, rec),
    sort,
    title: rec.title,
    state: rec.state,
    entered: rec.entered,
    values,
    color,
    ...limits(rec),
  }
}
const cardsOf = (view, group) =>
  [...store[view.form].values()]
    .filter((r) => inView(view, r) && groupOf(view, r) === group)
    .map((r) => card(view, r))
    .sort((a, b) => (a.sort < b.sort ? -1 : 1))
const groupsOf = (view) => (view.type === 'list' ? [''] : view.columns.map((c) => c.group))
const counts = (view) => Object.fromEntries(groupsOf(view).map((g) => [g, cardsOf(view, g).length]))
function page(list, cursor, limit) {
  const from = cursor ? Number(cursor) : 0
  return { items: list.slice(from, from + limit), next: from + limit < list.length ? String(from + limit) : null }
}

const events = new Map()
function change(rec, apply, event) {
  const before = Object.fromEntries(
    Object.values(views).map((v) => [v.id, inView(v, rec) ? groupOf(v, rec) : undefined]),
  )
  apply(rec)
  rec.rev++
  rec.updated = iso(Date.now())
  events.set(rec.id, [
    { offset: ++clock, at: rec.updated, actor: { kind: 'user', id: 'u0', name: '管理员' }, release: 'r1', ...event },
    ...(events.get(rec.id) ?? []),
  ])
  for (const view of Object.values(views)) {
    const from = before[view.id]
    const now = inView(view, rec) ? groupOf(view, rec) : undefined
    if (from === undefined && now === undefined) continue
    let done = { op: 'update', card: undefined }
    if (now === undefined) done = { op: 'leave', id: rec.id, from }
    else if (from === undefined) done = { op: 'enter' }
    else if (from !== now) done = { op: 'move', from }
    if (now !== undefined) done.card = card(view, rec)
    const all = from === now ? {} : counts(view)
    const changed = Object.fromEntries([from, now].filter((g) => g !== undefined && g in all).map((g) => [g, all[g]]))
    tell(view.id, {
      op: 'delta',
      view: view.id,
      position: String(++clock),
      now: iso(Date.now()),
      changes: [done],
      counts: changed,
    })
  }
}

const me = (user) => ({
  tenant: { id: 'demo', name: '速联汽配', zone: 'Asia/Shanghai', currency: 'CNY' },
  actor: { kind: 'user', id: 'u0', name: user.name.zh, email: user.email, lang: '', roles: user.roles },
  can: ['publish'],
  home: 'sales-board',
  roles: Object.values(roles).map((r) => ({ id: r.id, name: r.name })),
  forms: Object.values(forms).map((f) => ({ id: f.id, name: f.name, create: true })),
  views: Object.values(views)
    .filter((v) => v.roles.some((r) => r === '*' || user.roles.includes(r)))
    .map((v) => ({ id: v.id, name: v.name, type: v.type, form: v.form })),
  rules: Object.values(rules).map((r) => ({ id: r.id, name: r.name, form: r.form })),
  notices: { unread: notices.filter((n) => !n.read).length },
  release: 'r1',
  now: iso(Date.now()),
})
const notices = [
  {
    id: 'n1',
    at: iso(Date.now() - 5e5),
    text: {
      zh: 'SO-2026-00003 已超时：已交接超过 2 小时',
      en: 'SO-2026-00003 is late: handed over for more than 2 hours',
    },
    form: 'order',
    record: 'ord000002',
    read: false,
  },
  {
    id: 'n2',
    at: iso(Date.now() - 9e6),
    text: { zh: 'SO-2026-00007 等待审核', en: 'SO-2026-00007 waits for review' },
    form: 'order',
    record: 'ord000006',
    read: true,
  },
]
const full = (rec) => ({
  ...rec,
  ...limits(rec),
  next: chain.transitions
    .filter((t) => t.from.includes(rec.state))
    .map((t) => ({
      transition: t.id,
      name: t.name,
      to: t.to,
      evidence: t.evidence,
      ask: t.ask ?? [],
      allowed: true,
      problems: [],
      owner: [],
    })),
})
const refuse = (status, code, zh, en) => ({
  status,
  body: { title: code, status, code, problems: [{ path: '', code, message: current === 'en' ? en : zh }] },
})
let current = 'zh-CN'

function answer(method, url, body, user) {
  const path = url.pathname.replace('/api/v1', '')
  const part = path.split('/').slice(1).map(decodeURIComponent)
  if (path === '/sessions' && method === 'POST') {
    const who = users.find((u) => u.email === body.email && u.password === body.password)
    return who
      ? { status: 201, body: { token: who.email, me: me(who) }, cookie: who.email }
      : refuse(401, 'bad_credentials', '账号或密码不对。', 'The name or the password is wrong.')
  }
  if (!user) return refuse(401, 'not_signed_in', '请先登录。', 'Sign in first.')
  if (path === '/sessions/current') return { status: 204, cookie: '' }
  if (path === '/me') return { body: me(user) }
  if (path === '/users')
    return { body: { items: users.map((u, i) => ({ id: `u${i}`, name: u.name.zh, roles: u.roles })) } }
  if (path === '/notices') return { body: { items: notices, next: null } }
  if (path === '/notices/read') {
    for (const n of notices) if (body.all || body.ids.includes(n.id)) n.read = true
    return { status: 204 }
  }
  if (part[0] === 'definitions') return { body: { rule: rules, form: forms, view: views }[part[1]]?.[part[2]] }
  if (part[0] === 'drafts' && method !== 'GET')
    return { body: { problems: [], scenarios: { passed: 3, failed: [] }, changes: [] } }
  if (part[0] === 'views' && views[part[1]]) {
    const view = views[part[1]]
    if (!part[2]) return { body: { definition: view, release: 'r1' } }
    return {
      body: {
        ...page(cardsOf(view, url.searchParams.get('group') ?? ''), url.searchParams.get('cursor'), 50),
        counts: counts(view),
      },
    }
  }
  if (part[0] === 'forms' && forms[part[1]]) return formAnswer(method, url, body, part, user)
  return refuse(404, 'not_found', '没有找到。', 'Not found.')
}

function formAnswer(method, url, body, part, user) {
  const [, form, , id, sub] = part
  if (part.length === 2) {
    const access = { create: true, read: true, edit: true, delete: true, hidden: [], locked: [] }
    return { body: { definition: forms[form], chain: form === 'order' ? chain : null, access, release: 'r1' } }
  }
  if (!id && method === 'GET') {
    const filter = url.searchParams.get('filter')
    const list = [...store[form].values()].filter((r) => holds(filter ? JSON.parse(filter) : undefined, r))
    if (url.searchParams.get('sort')?.startsWith('$') !== true) list.reverse()
    return { body: page(list, url.searchParams.get('cursor'), Number(url.searchParams.get('limit') ?? 50)) }
  }
  const rec = store[form].get(id)
  if (!rec) return refuse(404, 'unknown_record', '没有找到这张单据，可能已删除。', 'This record was not found.')
  if (sub === 'events' && method === 'GET') return { body: { items: events.get(id) ?? [], next: null } }
  if (method === 'PATCH') change(rec, (r) => Object.assign(r.data, body), { type: 'record.edited', data: {} })
  if (sub === 'events' && method === 'POST' && body.transition) {
    const t = chain.transitions.find((x) => x.id === body.transition)
    if (!t?.from.includes(rec.state))
      return refuse(
        409,
        'wrong_state',
        '单据现在不能做此流转，请刷新。',
        'The record cannot be moved like this: reload it.',
      )
    if (t.roles && !t.roles.some((r) => user.roles.includes(r)))
      return refuse(
        403,
        'role_denied',
        '你没有权限做这件事，请联系管理员。',
        'You are not allowed to do this: ask an administrator.',
      )
    const scan = t.evidence.find((p) => p.kind === 'scan')
    if (scan && body.evidence.code !== valueAt(rec, scan.field))
      return refuse(
        422,
        'evidence_wrong',
        '扫到的码不是这张单据的，请核对后重扫。',
        "The scanned code is not this record's.",
      )
    if (rec.data.urgency === 'red' && t.id === 'check')
      return refuse(422, 'guard_failed', '特急单须由主管复核。', 'A supervisor must check critical orders.')
    const from = rec.state
    const data = { from, to: t.to, transition: t.id, evidence: body.evidence }
    change(rec, (r) => Object.assign(r, { state: t.to, entered: iso(Date.now()) }), { type: 'record.moved', data })
  }
  return { body: full(rec) }
}

const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' }
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
function file(url, res) {
  const path = join(dist, url.pathname)
  const found = url.pathname !== '/' && path.startsWith(dist) && existsSync(path) ? path : join(dist, 'index.html')
  res
    .writeHead(200, {
      'Content-Type': types[found.split('.').pop()] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
    })
    .end(readFileSync(found))
}
const session = (req) => {
  const email = decodeURIComponent(/sluice_session=([^;]*)/.exec(req.headers.cookie ?? '')?.[1] ?? '')
  return users.find((u) => u.email === email)
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x')
  if (!url.pathname.startsWith('/api/')) return file(url, res)
  let text = ''
  for await (const chunk of req) text += chunk
  current = req.headers['accept-language'] ?? 'zh-CN'
  const out = answer(req.method, url, text ? JSON.parse(text) : undefined, session(req))
  const headers = { 'Content-Type': (out.status ?? 200) >= 400 ? 'application/problem+json' : 'application/json' }
  if (out.cookie !== undefined)
    headers['Set-Cookie'] = `sluice_session=${encodeURIComponent(out.cookie)}; Path=/; HttpOnly; SameSite=Lax`
  setTimeout(
    () => res.writeHead(out.status ?? 200, headers).end(out.body === undefined ? '' : JSON.stringify(out.body)),
    Number(process.env.LAG ?? 30),
  )
})

const sockets = new Map()
function tell(view, frame) {
  const text = JSON.stringify(frame)
  for (const [socket, subs] of sockets) if (subs.has(view)) socket.send(text)
}
new WebSocketServer({ server, path: '/api/v1/live', handleProtocols: () => 'sluice.v1.json' }).on(
  'connection',
  (socket, req) => {
    if (!session(req)) return socket.close(4401)
    const subs = new Set()
    sockets.set(socket, subs)
    const send = (frame) => socket.send(JSON.stringify(frame))
    send({ op: 'hello', release: 'r1', now: iso(Date.now()) })
    const tick = setInterval(() => send({ op: 'tick', now: iso(Date.now()), position: String(clock) }), 10_000)
    socket.on('close', () => {
      clearInterval(tick)
      sockets.delete(socket)
    })
    socket.on('message', (data) => {
      const { op, view, window = 50 } = JSON.parse(data)
      if (op === 'unsub') subs.delete(view)
      if (op !== 'sub' || !views[view]) return
      subs.add(view)
      const groups = groupsOf(views[view]).map((group) => {
        const all = cardsOf(views[view], group)
        return {
          group,
          count: all.length,
          cards: all.slice(0, window),
          next: all.length > window ? String(window) : null,
        }
      })
      send({ op: 'snapshot', view, position: String(clock), now: iso(Date.now()), groups })
    })
  },
)
if (rate > 0) {
  setInterval(() => {
    const rec = pick([...store.order.values()])
    change(
      rec,
      (r) =>
        random() < 0.5
          ? Object.assign(r.data, { totalQty: Math.ceil(random() * 60) })
          : Object.assign(r, { state: pick(chain.states.slice(0, 6)).id, entered: iso(Date.now()) }),
      { type: 'record.edited', data: {} },
    )
  }, 1000 / rate)
}
server.listen(port, '127.0.0.1', () => console.log(`mock on http://127.0.0.1:${port} with ${store.order.size} orders`))
