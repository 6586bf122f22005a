import assert from 'node:assert/strict'
import { base, newPage, password, signIn, violations } from '../lib/browser.mjs'

/** A wrong password is refused in words, and the page keeps the email. */
export async function wrongPassword(browser) {
  const page = await newPage(browser)
  await page.goto(`${base}/signin`)
  await page.fill('input[name=email]', 'nobody@demo.sluice')
  await page.fill('input[name=password]', 'wrong-password')
  await page.click('button[type=submit]')
  await page.waitForFunction(() => document.querySelector('.sign-in-error')?.textContent)
  assert.equal(await page.inputValue('input[name=email]'), 'nobody@demo.sluice')
}

/** Somebody who is not signed in comes back to the place he wanted. */
export async function keepsThePlace(browser) {
  const page = await newPage(browser)
  await page.goto(`${base}/notices`)
  await page.waitForURL(/\/signin\?next=%2Fnotices/)
  await page.fill('input[name=email]', process.env.SLUICE_EMAIL ?? 'admin@demo.sluice')
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.waitForURL(`${base}/notices`)
}

/** A link cannot lead to another site after sign-in. */
export async function neverLeadsAway(browser) {
  const page = await newPage(browser)
  await page.goto(`${base}/signin?next=//example.com/`)
  await page.fill('input[name=email]', process.env.SLUICE_EMAIL ?? 'admin@demo.sluice')
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('.shell')
  assert.equal(new URL(page.url()).origin, new URL(base).origin)
}

/** Signing out ends the session: the board asks to sign in again. */
export async function signOut(browser) {
  const page = await newPage(browser, { lang: 'en' })
  await signIn(page)
  await page.click('.top-avatar')
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/signin/)
  await page.goto(`${base}/`)
  await page.waitForURL(/\/signin/)
}

/** The sign-in page has no accessibility violations and no faults. */
export async function clean(browser) {
  const page = await newPage(browser)
  await page.goto(`${base}/signin`)
  await page.waitForSelector('form')
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(page.faults, [])
}
