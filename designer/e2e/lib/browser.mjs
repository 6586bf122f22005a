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
  const forget = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', forget) // also when a run is broken off
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...flags, `--disk-cache-dir=${profile}`],
  })
  return {
    browser,
    async close() {
      await browser.close()
      forget()
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

/** A page of a demo account that is signed in already; page.token is its session. */
export async function enter(browser, who, place = '/', options = {}) {
  const page = await newPage(browser, { lang: 'en', ...options })
  const { session } = await import('./api.mjs')
  page.token = (await session(who)).token
  await page.context().addCookies([{ name: 'sluice_session', value: page.token, url: base, httpOnly: true }])
  await page.goto(base + place)
  await page.waitForSelector('.shell')
  return page
}

/** Waits until nothing on the page is still being asked for. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('.skeleton, .button-busy'))
  await page.evaluate(() => document.fonts.ready)
  await page.waitForLoadState('networkidle')
}

/** A thumb: taps places of a page and counts how often. */
export const thumb = (page) => hand(page, 'tap')
/** A mouse that clicks instead. */
export const mouse = (page) => hand(page, 'click')

function hand(page, press) {
  return {
    taps: 0,
    async tap(target) {
      this.taps++
      await (typeof target === 'string' ? page.locator(target) : target)[press]()
    },
    /** A choice of the browser's own list: one tap opens the wheel, one takes what is on it. */
    async choose(target, value) {
      this.taps += 2
      await target.selectOption(value)
    },
  }
}

/** A picture for people to look at: e2e/shots/<name>.png, when SLUICE_SHOTS is set. */
export async function shot(page, name) {
  if (!process.env.SLUICE_SHOTS) return
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
  // What a bar that stays covers while the page is scrolled past it is no smaller for that.
  const covered = (n) => /partially obscured/.test(n.failureSummary ?? '')
  const found = result.violations
    .map((v) => ({ ...v, nodes: v.id === 'target-size' ? v.nodes.filter((n) => !covered(n)) : v.nodes }))
    .filter((v) => v.nodes.length > 0)
  return found.map(
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
