// Where things are on a form.
import { customer } from './api.mjs'

export const field = (page, id) => page.locator(`[data-path="/${id}"]`)
export const box = (page, id) => field(page, id).locator('input, textarea, select').first()
export const problem = (page, id) =>
  field(page, id).locator('.field-error, .line-error').filter({ hasText: /\S/ }).first()
export const cell = (page, column, line = 0) =>
  page
    .locator(`[aria-rowindex="${line + 2}"] [data-column="${column}"]`)
    .locator('input, select')
    .first()

/** Chooses a record in a reference field by typing its name. */
export async function pick(page, hand, id, name) {
  await hand.tap(box(page, id))
  await box(page, id).fill(name)
  await hand.tap(page.getByRole('option', { name }).first())
  await page.waitForFunction(([i, n]) => document.querySelector(`[data-path="/${i}"] input`)?.value === n, [id, name])
}

/** Fills in and submits a grade A customer's order of one genuine part; returns the record's id. */
export async function enterOrder(page, hand) {
  await field(page, 'customer').waitFor()
  await pick(page, hand, 'customer', (await customer('A')).data.name)
  await hand.choose(box(page, 'grade'), 'A')
  await hand.tap(field(page, 'lines').locator('.lines-foot button').first())
  await cell(page, 'part').fill('BZ-0421-0117')
  await hand.choose(cell(page, 'brand'), 'benz')
  await hand.choose(cell(page, 'origin'), 'oem')
  await cell(page, 'price').fill('680')
  await box(page, 'phone').fill('0576-88001234')
  await hand.tap(page.locator('button[type=submit]'))
  await page.waitForURL(/\/forms\/order\/(?!new)/)
  await page.locator('.record h1').waitFor()
  return page.url().split('/').pop()
}
