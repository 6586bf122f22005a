import assert from 'node:assert/strict'
import { call } from '../lib/api.mjs'
import { enter, shot, violations } from '../lib/browser.mjs'

async function openBoard(browser, options) {
  const page = await enter(browser, 'warehouse', '/views/warehouse-board', options)
  await page.waitForSelector('.card')
  return page
}

const column = (page, id) => page.locator(`[data-column="${id}"]`)
const count = async (page, id) => Number(await column(page, id).locator('.column-head .count').textContent())
const inColumn = (page, id, card) => column(page, id).locator(`[data-card="${card}"]`)

/** Filters a page for the first card of a column, so that it is in sight wherever it goes. */
async function single(page, group, title) {
  const wanted = title ?? (await column(page, group).locator('.card-title').first().textContent())
  await page.fill('.filter-box input', wanted)
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 1)
  const card = page.locator('.card')
  return { card, id: await card.getAttribute('data-card'), title: wanted }
}

/** A card moved by menu on one page moves on another, and both counts follow. */
export async function movesLive(browser) {
  const one = await openBoard(browser)
  const two = await openBoard(browser)
  const before = await count(two, 'routed')
  const { card, id, title } = await single(one, 'routed')
  await single(two, 'routed', title)
  await card.locator('.card-move').click()
  await one.getByRole('menuitem', { name: 'Picked' }).click()
  await inColumn(one, 'picked', id).waitFor()
  await inColumn(two, 'picked', id).waitFor()
  await two.waitForFunction(
    ([n]) => Number(document.querySelector('[data-column="routed"] .count').textContent) === n,
    [before - 1],
  )
  assert.deepEqual([...one.faults, ...two.faults], [])
}

/** The mouse drags a card to the next column. */
export async function dragsByMouse(browser) {
  const page = await openBoard(browser)
  const { card, id } = await single(page, 'routed')
  const from = await card.boundingBox()
  const to = await column(page, 'picked').boundingBox()
  await page.mouse.move(from.x + 40, from.y + 20)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 })
  await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 12 })
  await page.mouse.up()
  await inColumn(page, 'picked', id).waitFor()
}

/** The keyboard does the same: space, arrow, space. */
export async function dragsByKeyboard(browser) {
  const page = await openBoard(browser)
  const { card, id } = await single(page, 'routed')
  await card.locator('.card-title').focus()
  await page.keyboard.press('Space')
  await page.waitForSelector('.card-ghost')
  await page.keyboard.press('ArrowRight')
  await page.waitForSelector('.column-over[data-column="picked"]')
  await page.keyboard.press('Space')
  await inColumn(page, 'picked', id).waitFor()
}

/** A finger that rests on a card picks it up; over a tab the column is reached from anywhere. */
export async function dragsByTouch(browser) {
  const page = await openBoard(browser, { size: 'small' })
  const { card, id } = await single(page, 'routed')
  const touch = await page.context().newCDPSession(page)
  const send = (type, at) =>
    touch.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at ? [{ x: Math.round(at.x), y: Math.round(at.y) }] : [],
    })
  const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })
  const from = await card.boundingBox()
  const start = { x: from.x + 60, y: from.y + 30 }
  const to = middle(await page.locator('.board-tab').nth(1).boundingBox())
  await send('touchStart', start)
  await page.waitForSelector('.card-ghost')
  await shot(page, 'board-touch')
  for (let i = 1; i <= 8; i++)
    await send('touchMove', { x: start.x + ((to.x - start.x) * i) / 8, y: start.y + ((to.y - start.y) * i) / 8 })
  await page.locator('.board-tab.column-over').nth(0).waitFor()
  await send('touchEnd')
  await inColumn(page, 'picked', id).waitFor({ state: 'attached' })
}

/** A drop where no step leads is refused in words and the card stays. */
export async function refusesWhereNoStepLeads(browser) {
  const page = await openBoard(browser)
  const { card, id } = await single(page, 'routed')
  const from = await card.boundingBox()
  const to = await column(page, 'packed').boundingBox()
  await page.mouse.move(from.x + 40, from.y + 20)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 })
  await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 12 })
  await page.mouse.up()
  await page.waitForSelector('.toast-error')
  assert.ok(await inColumn(page, 'routed', id).isVisible())
  const { items } = await call('warehouse', 'GET', '/notices')
  assert.ok(
    items.some((n) => n.record === id),
    'those whose turn it is are told',
  )
}

/** A step that needs a scan asks for the code; a wrong one is refused in the server's words. */
export async function asksForTheScan(browser) {
  const page = await openBoard(browser)
  const card = page.locator('[data-column="packed"] .card').first()
  const id = await card.getAttribute('data-card')
  await card.locator('.card-move').click()
  await page.getByRole('menuitem', { name: /Hand over/ }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('not-the-code')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.dialog .field-error')?.textContent)
  await page.keyboard.press('Escape')
  await inColumn(page, 'packed', id).waitFor()
}

/** The filter narrows what is loaded and stays in the address. */
export async function filters(browser) {
  const page = await openBoard(browser)
  const no = await page.locator('.card .card-title').first().textContent()
  await page.fill('.filter-box input', no)
  await page.waitForURL(/\?q=/)
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 1)
  await page.reload()
  await page.waitForSelector('.card')
  assert.equal(await page.locator('.card').count(), 1)
}

/** On a phone one column fills the screen, its tab is marked, and the menu moves a card. */
export async function phone(browser) {
  const page = await openBoard(browser, { size: 'phone' })
  const box = await column(page, 'routed').boundingBox()
  assert.equal(Math.round(box.width), 390)
  await page.locator('.board-tab').nth(1).click()
  await page.waitForFunction(() => document.querySelectorAll('.board-tab')[1].getAttribute('aria-current') === 'true')
  const { card, id } = await single(page, 'picked')
  await card.locator('.card-move').tap()
  await page.getByRole('menuitem', { name: /back/ }).tap()
  await inColumn(page, 'routed', id).waitFor({ state: 'attached' })
}

/** No accessibility violations and no script faults, on both sizes and themes. */
export async function clean(browser) {
  for (const size of ['desktop', 'phone']) {
    for (const theme of ['light', 'dark']) {
      const page = await openBoard(browser, { size, theme })
      assert.deepEqual(await violations(page), [], `${size} ${theme}`)
      assert.deepEqual(page.faults, [])
    }
  }
}
