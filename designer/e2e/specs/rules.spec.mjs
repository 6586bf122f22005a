import assert from 'node:assert/strict'
import { call, read } from '../lib/api.mjs'
import { base, enter, mouse, newPage, settled, shot, signIn, thumb } from '../lib/browser.mjs'
import { enterOrder } from '../lib/forms.mjs'

/** Sales enters an order of the kind the rule is about; returns the page of the new record. */
async function next(sales) {
  await sales.goto(`${base}/forms/order/new`)
  return enterOrder(sales, mouse(sales))
}

/** The lead changes where genuine Mercedes parts ship from, with his thumb, and takes it back. */
export async function ruleChangedOnAPhone(browser) {
  const { items } = await call('lead', 'GET', '/releases')
  const before = items.find((r) => r.live).number
  try {
    return await change(browser)
  } finally {
    const now = (await call('lead', 'GET', '/releases')).items.find((r) => r.live).number
    if (now !== before) await call('lead', 'POST', `/releases/${before}/activate`)
    await call('lead', 'DELETE', '/drafts/rule/routing').catch(() => {})
  }
}

async function change(browser) {
  const page = await newPage(browser, { size: 'small', lang: 'zh' })
  const hand = thumb(page)
  await signIn(page, 'lead@demo.sluice')
  await page.waitForSelector('.card')
  await hand.tap('.tab-bar a[href="/rules"]')
  await hand.tap(page.getByRole('link', { name: '智能分仓' }))
  const first = page.locator('.rule-card').first()
  await first.waitFor()
  await settled(page)
  await shot(page, 'rule-phone')
  await hand.tap(first.getByRole('button', { name: /宁波保税仓/ }))
  const sheet = page.getByRole('dialog')
  await shot(page, 'rule-value-phone')
  await hand.choose(sheet.getByLabel('发货仓'), 'jiaxing')
  await hand.tap(sheet.getByRole('button', { name: '确定' }))
  await first.getByRole('button', { name: /嘉兴前置仓/ }).waitFor()

  // The check says in words which old story no longer comes true.
  await hand.tap(page.getByRole('button', { name: '检查' }))
  const failed = sheet.locator('.publish-list li').filter({ hasText: '走宁波保税仓' })
  await failed.waitFor()
  assert.match(await failed.textContent(), /发货仓.*宁波保税仓.*嘉兴前置仓/)
  await shot(page, 'rule-check-phone')
  await hand.tap(sheet.getByRole('button', { name: '关闭' }))

  // It can be published only after somebody has said that this is meant.
  await hand.tap(page.getByRole('button', { name: '发布' }))
  const go = sheet.getByRole('button', { name: '发布' })
  await failed.waitFor()
  assert.ok(await go.isDisabled())
  await hand.tap(sheet.locator('.publish-meant'))
  await shot(page, 'rule-publish-phone')
  await hand.tap(go)
  const undo = page.getByRole('button', { name: '撤销发布' })
  await undo.waitFor()
  await shot(page, 'rule-published-phone')
  const taps = hand.taps

  // The next order goes the new way, and says why.
  const sales = await enter(browser, 'sales', '/', { lang: 'zh' })
  const id = await next(sales)
  await sales.locator('.detail').filter({ hasText: '发货仓' }).getByText('嘉兴前置仓').waitFor()
  const why = sales.locator('.history-why').filter({ hasText: '智能分仓' })
  await why.waitFor()
  assert.match(await why.textContent(), /客户等级|配件明细/)
  assert.equal((await read({ form: 'order', id })).data.warehouse, 'jiaxing')
  await settled(sales)
  await shot(sales, 'record-why-desktop')

  // And back, while the lead is still on the page.
  await hand.tap(undo)
  await first.getByRole('button', { name: /宁波保税仓/ }).waitFor()
  const old = await next(sales)
  assert.equal((await read({ form: 'order', id: old })).data.warehouse, 'ningbo')
  assert.deepEqual([...page.faults, ...sales.faults], [])
  return `${taps} taps from the sign-in page to the published rule, 1 more to undo it`
}

/** A row can be added, reordered, switched off and undone; what is unfinished cannot be published. */
export async function unfinishedIsSaid(browser) {
  const page = await enter(browser, 'lead', '/rules/routing')
  try {
    await page.locator('.rule-card').first().waitFor()
    const rows = await page.locator('.rule-cards > li').count()
    await page.locator('.rule-add-row').click()
    await page.locator('.rule-cards > li').nth(rows).waitFor()
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.locator('.verdict-bad').waitFor()
    await settled(page)
    await shot(page, 'rule-check-desktop')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.waitForFunction((n) => document.querySelectorAll('.rule-cards > li').length === n, rows)
  } finally {
    await page.close()
    await call('lead', 'DELETE', '/drafts/rule/routing').catch(() => {})
  }
}
