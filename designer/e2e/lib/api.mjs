// The server without a browser: what a spec needs before it begins, and what it looks up afterwards.
import { createHmac, randomUUID } from 'node:crypto'
import { base, password } from './browser.mjs'

export const people = Object.fromEntries(
  ['admin', 'sales', 'lead', 'warehouse', 'logistics', 'quality'].map((p) => [p, `${p}@demo.sluice`]),
)

const tokens = new Map()

/** A session's token of a demo account; the same one each time. */
export async function token(who) {
  if (!tokens.has(who)) tokens.set(who, (await session(who)).token)
  return tokens.get(who)
}

/** A new session of a demo account: {token, expires, me}. */
export async function session(who) {
  return send('POST', '/sessions', { body: { email: people[who] ?? who, password } })
}

/** Calls the API below /api/v1 as a demo account; throws with the answer when it is refused. */
export async function call(who, method, path, body, headers = {}) {
  return send(method, path, { body, headers: { Authorization: `Bearer ${await token(who)}`, ...headers } })
}

async function send(method, path, { body, headers = {} } = {}) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const answer = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': type, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) {
    const error = new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 400)}`)
    error.status = answer.status
    throw error
  }
  return text ? JSON.parse(text) : undefined
}

/** A customer of a grade, from the demo data. */
export async function customer(grade) {
  const { items } = await call('sales', 'GET', '/forms/customer/records?limit=200')
  const found = items.find((r) => r.data.grade === grade)
  if (!found) throw new Error(`no customer of grade ${grade}`)
  return found
}

export const benz = { part: 'BZ-0421-0117', brand: 'benz', origin: 'oem', qty: 1, price: 680 }

/** Enters an order as sales: a grade A customer's genuine part, unless said otherwise. */
export async function order(data = {}) {
  const who = data.customer ?? (await customer('A')).id
  return call('sales', 'POST', '/forms/order/records', {
    channel: 'phone',
    customer: who,
    grade: 'A',
    urgency: 'green',
    taxed: true,
    lines: [benz],
    phone: '0576-88001234',
    ...data,
  })
}

export const waybill = () => `ZT${randomUUID().replace(/\D/g, '').padEnd(10, '7').slice(0, 10)}`

const WAY = [
  ['routed', 'lead', 'route'],
  ['picked', 'warehouse', 'pick'],
  ['checked', 'warehouse', 'check'],
  ['packed', 'warehouse', 'pack'],
  ['handed', 'warehouse', 'hand'],
]

/** Takes an order along its chain up to a state. */
export async function bring(record, state) {
  const bill = waybill()
  let now = record
  for (const [to, who, transition] of WAY) {
    if (now.state === state) return now
    const more = {
      pack: { data: { carrier: 'zto', waybill: bill } },
      hand: { evidence: { kind: 'scan', code: now.data.waybill } },
    }[transition]
    now = await move(now, who, transition, more)
    if (now.state !== to) throw new Error(`${transition} led to ${now.state}`)
  }
  return now
}

export async function move(record, who, transition, more = {}) {
  const body = { transition, evidence: { kind: 'manual' }, ...more }
  return call(who, 'POST', `/forms/${record.form}/records/${record.id}/events`, body)
}

export const read = (record, who = 'admin') => call(who, 'GET', `/forms/${record.form}/records/${record.id}`)

/** Says over the signed way in that the carrier has collected a parcel; returns the HTTP status. */
export async function carrierCollects(code, secret) {
  const { tenant } = await call('admin', 'GET', '/me')
  const body = JSON.stringify({ waybill: code, status: 'GOT', time: new Date().toISOString() })
  const id = `msg_${randomUUID()}`
  const at = Math.floor(Date.now() / 1000)
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  const answer = await fetch(`${base}/in/${tenant.id}/carrier/carrier`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(at),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  })
  return answer.status
}
