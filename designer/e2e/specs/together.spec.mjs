import assert from 'node:assert/strict'
import { bring, order, read } from '../lib/api.mjs'
import { enter, settled, shot } from '../lib/browser.mjs'
import { box } from '../lib/forms.mjs'

async function editing(browser, who, record) {
  const page = await enter(browser, who, `/forms/order/${record.id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await box(page, 'note').waitFor()
  return page
}

/** Two people edit one order: what differs is put side by side, what does not is merged, nothing is lost. */
export async function twoEditOneOrder(browser) {
  const record = await order({ note: 'as it was' })
  const one = await editing(browser, 'sales', record)
  const two = await editing(browser, 'lead', record)
  await box(one, 'note').fill('what sales wrote')
  await box(one, 'phone').fill('13800002222')
  await one.locator('.form-bar button[type=submit]').click()
  await one.locator('.detail').filter({ hasText: 'what sales wrote' }).waitFor()

  await box(two, 'note').fill('what the lead wrote')
  await box(two, 'wanted').fill('2027-03-01')
  await two.locator('.form-bar button[type=submit]').click()
  const dialog = two.getByRole('dialog')
  for (const text of ['as it was', 'what sales wrote', 'what the lead wrote']) await dialog.getByText(text).waitFor()
  await settled(two)
  await shot(two, 'conflict-desktop')
  assert.equal(await dialog.locator('fieldset').count(), 1) // the phone number merges without a question
  await dialog.getByLabel(/Keep mine/).check()
  await dialog.getByRole('button', { name: 'Save the result' }).click()
  await two.locator('.detail').filter({ hasText: 'what the lead wrote' }).waitFor()
  const { data } = await read(record)
  assert.equal(data.note, 'what the lead wrote')
  assert.equal(data.phone, '13800002222')
  assert.equal(data.wanted, '2027-03-01')
  await one.locator('.detail').filter({ hasText: 'what the lead wrote' }).waitFor() // without reload
}

/** Lets a page's live messages wait until they are released. */
async function slowLine(page) {
  const line = { held: false, waiting: [], release: () => {} }
  await page.routeWebSocket(/\/api\/v1\/live/, (ws) => {
    const server = ws.connectToServer()
    server.onMessage((m) => (line.held ? line.waiting.push(m) : ws.send(m)))
    line.release = () => {
      line.held = false
      for (const m of line.waiting.splice(0)) ws.send(m)
    }
  })
  return line
}

/** Two people move one card: the slower one is told in words, and sees the card where it is. */
export async function twoMoveOneCard(browser) {
  const record = await bring(await order(), 'routed')
  const look = `/views/warehouse-board?q=${encodeURIComponent(record.no)}`
  const one = await enter(browser, 'warehouse', look)
  const two = await enter(browser, 'warehouse')
  const line = await slowLine(two)
  await two.goto(new URL(look, two.url()).href)
  const card = (page, column) => page.locator(`[data-column="${column}"] [data-card="${record.id}"]`)
  const move = async (page) => {
    await card(page, 'routed').locator('.card-move').click()
    await page.getByRole('menuitem', { name: 'Picked' }).click()
  }
  await card(one, 'routed').waitFor()
  await card(two, 'routed').waitFor()
  line.held = true // the second has not heard yet
  await move(one)
  await card(one, 'picked').waitFor()
  await move(two)
  const said = two.locator('.toast-error')
  await said.waitFor()
  assert.match(await said.textContent(), new RegExp(record.no))
  await shot(two, 'move-refused-desktop')
  line.release()
  await card(two, 'picked').waitFor()
  assert.equal((await read(record)).state, 'picked')
}
