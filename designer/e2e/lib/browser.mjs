// What the specs share: a browser, signed-in pages, pictures, the axe check.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const base = (process.env.SLUICE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')
export const email = process.env.SLUICE_EMAIL ?? 'admin@demo.sluice'
export const password = process.env.SLUICE_PASSWORD ?? 'sluice-demo'

const shots = new URL('../shots/', import.meta.url).pathname
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  small: { width: 360, height: 740 },
}

/** Starts a browser with a profile of its own; close() removes the profile. */
export async function open() {
  const profile = mkdtempSync(join(tmpdir(), 'sluice-e2e-'))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...flags, `--disk-cache-dir=${profile}`],
  })
  return {
    browser,
    async close() {
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** A page in a fresh context. Script errors, CSP refusals and failed requests are collected in page.faults. */
export async function newPage(browser, { size = 'desktop', lang = 'zh', theme = 'light', state } = {}) {
  const phone = size !== 'desktop'
  const context = await browser.newContext({
    viewport: sizes[size],
    hasTouch: phone,
    isMobile: phone,
    colorScheme: theme,
    locale: lang === 'zh' ? 'zh-CN' : 'en-US',
    reducedMotion: 'reduce',
    storageState: state,
  })
  context.setDefaultTimeout(12_000)
  await context.addInitScript((l) => localStorage.setItem('sluice.lang', l), lang) // a person's own setting would win over the browser's
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40\d|status of 422/.test(message.text()))
      page.faults.push(`console: ${message.text()}`)
  })
  return page
}

export async function signIn(page, who = email, secret = password) {
  await page.goto(`${base}/signin`)
  await page.fill('input[name=email]', who)
  await page.fill('input[name=password]', secret)
  await page.click('button[type=submit]')
  await page.waitForSelector('.shell')
}

/** A picture for people to look at: e2e/shots/<name>.png */
export async function shot(page, name) {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`) })
}

/** Violations of WCAG 2.0-2.2 A and AA on the page, one line each. */
export async function violations(page) {
  await page.evaluate(axe) // through the debugger: the page's own CSP stays as it is
  const result = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    }),
  )
  return result.violations.map(
    (v) =>
      `${v.id}: ${v.nodes.length}× ${v.nodes[0].target.join(' ')} ${v.nodes[0].failureSummary?.split('\n')[1]?.trim() ?? ''}`,
  )
}

/** Elements that stick out of the window sideways and are not inside something that scrolls sideways. */
export async function overflow(page) {
  return page.evaluate(() => {
    const scrolls = (element) => {
      for (let e = element.parentElement; e; e = e.parentElement) {
        const x = getComputedStyle(e).overflowX
        if (x === 'auto' || x === 'scroll' || (x === 'hidden' && e !== document.body)) return true
      }
      return false
    }
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1)
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
      .map((e) => `${e.tagName.toLowerCase()}.${e.className}`)
      .slice(0, 5)
  })
}

/** Buttons, links and inputs smaller than 44 px on a phone. */
export async function smallTargets(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, select, textarea')]
      .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.visually-hidden'))
      .map((e) => {
        const after = getComputedStyle(e, '::after')
        const stretched = after.position === 'absolute' && after.content !== 'none'
        const box = (
          stretched ? (e.closest('.card, .list-line') ?? e) : (e.closest('label') ?? e)
        ).getBoundingClientRect()
        return { e, box }
      })
      .filter(({ box }) => box.width > 1 && (box.height < 43.5 || box.width < 43.5) && box.top >= 0)
      .map(
        ({ e, box }) => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(box.width)}×${Math.round(box.height)}`,
      )
      .slice(0, 8),
  )
}
