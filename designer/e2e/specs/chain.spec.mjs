import assert from 'node:assert/strict'
import { call, carrierCollects, order, read, waybill } from '../lib/api.mjs'
import { enter, settled, shot, thumb } from '../lib/browser.mjs'
import { box, problem } from '../lib/forms.mjs'

const next = (page, name) => page.locator('.next').getByRole('button', { name })
const state = (page) => page.locator('.chain-step[aria-current] .chain-name')
const reaches = (page, name) => state(page).filter({ hasText: name }).waitFor({ state: 'attached' })
const inColumn = (page, column, id) => page.locator(`[data-column="${column}"] [data-card="${id}"]`)

/** Takes a step on the record page: its button, and the same name in the dialog that asks for what it needs. */
async function step(page, hand, name, fill) {
  await hand.tap(next(page, name))
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  if (fill) await fill(dialog)
  await hand.tap(dialog.getByRole('button', { name, exact: true }))
}

/** One order from review to the carrier's message, by the people whose turn it is, with everybody watching. */
export async function wholeChain(browser) {
  const record = await order()
  const place = `/forms/order/${record.id}`
  const sales = await enter(browser, 'sales', place)
  const board = await enter(browser, 'lead', '/views/sales-board')
  const lead = await enter(browser, 'lead', place, { size: 'small' })
  const store = await enter(browser, 'warehouse', place, { size: 'small' })
  const [leadHand, storeHand] = [thumb(lead), thumb(store)]
  await inColumn(board, 'review', record.id).waitFor()

  // It is not the sales person's turn, and he is told whose it is.
  await next(sales, 'Approve and route').waitFor()
  assert.ok(await next(sales, 'Approve and route').isDisabled())
  assert.match(await sales.locator('.next-note').first().textContent(), /Sales lead/)
  await settled(sales)
  await shot(sales, 'record-review-sales-desktop')

  await step(lead, leadHand, 'Approve and route', (d) => d.getByText('Routed').waitFor())
  await reaches(lead, 'Routed')
  for (const page of [sales, store]) await reaches(page, 'Routed') // without reload
  await inColumn(board, 'routed', record.id).waitFor()

  await step(store, storeHand, 'Picked')
  await reaches(store, 'Picked')
  await step(store, storeHand, 'Checked')
  await reaches(store, 'Checked')

  // Packing asks for the carrier and the waybill and is refused without.
  const bill = waybill()
  await step(store, storeHand, 'Pack')
  await problem(store, 'waybill').waitFor()
  await problem(store, 'carrier').waitFor()
  await shot(store, 'evidence-pack-phone')
  await storeHand.choose(box(store, 'carrier'), 'zto')
  await box(store, 'waybill').fill(bill)
  await storeHand.tap(store.getByRole('dialog').getByRole('button', { name: 'Pack', exact: true }))
  await reaches(store, 'Packed')
  await reaches(sales, 'Packed')
  await settled(store)
  await shot(store, 'record-packed-phone')
  await shot(sales, 'record-packed-desktop')

  // Only the right code hands it over; a wrong one is refused in words.
  await storeHand.tap(next(store, 'Hand over by scan'))
  const code = store.getByRole('dialog').getByRole('textbox')
  await code.fill('NOT-THE-CODE')
  await store.keyboard.press('Enter')
  await store.locator('.dialog .field-error').filter({ hasText: /\S/ }).waitFor()
  await shot(store, 'evidence-scan-phone')
  assert.equal((await read(record)).state, 'packed')
  await code.fill(bill)
  await store.keyboard.press('Enter')
  await reaches(store, 'Handed over')
  await inColumn(board, 'handed', record.id).waitFor()
  assert.equal(await next(store, /Collected/).count(), 0) // nobody can click it

  // Only the carrier's own signed message collects it.
  const { secret } = await call('admin', 'POST', '/hooks/carrier/secret')
  assert.equal(await carrierCollects(bill, `whsec_${Buffer.from('somebody else’s secret').toString('base64')}`), 401)
  assert.equal((await read(record)).state, 'handed')
  assert.ok([200, 201, 202, 204].includes(await carrierCollects(bill, secret)))
  await inColumn(board, 'collected', record.id).waitFor()
  for (const page of [sales, store]) await reaches(page, 'Collected')
  await sales.locator('.history').getByText(bill).first().waitFor()
  await settled(sales)
  await shot(sales, 'record-collected-desktop')
  await shot(store, 'record-collected-phone')
  assert.deepEqual([...sales.faults, ...store.faults, ...lead.faults, ...board.faults], [])
  return `${leadHand.taps} taps of the lead, ${storeHand.taps} of the warehouse`
}

/** A skipped step is refused, and the people whose turn it is find it behind the bell. */
export async function skipTellsTheOwner(browser) {
  const record = await order()
  const lead = await enter(browser, 'lead', '/', { size: 'small', lang: 'zh' })
  const refused = await call('warehouse', 'POST', `/forms/order/records/${record.id}/events`, {
    transition: 'pick',
    evidence: { kind: 'manual' },
  }).catch((error) => error)
  assert.equal(refused.status, 409, String(refused.message))
  await lead.reload()
  await lead.locator('.tab-bar .count').filter({ hasText: /[1-9]/ }).waitFor()
  await lead.locator('.tab-bar a[href="/notices"]').tap()
  const line = lead.locator('.notice').filter({ hasText: record.no }).first()
  await line.waitFor()
  await settled(lead)
  await shot(lead, 'notices-phone')
  await line.tap()
  await lead.waitForURL(new RegExp(record.id))
  await lead.locator('.record h1').waitFor()
  const { items } = await call('lead', 'GET', '/notices')
  assert.ok(items.some((n) => n.record === record.id))
}
