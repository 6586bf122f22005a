import assert from 'node:assert/strict'
import { bring, order } from '../lib/api.mjs'
import { base, enter, newPage, overflow, settled, shot, smallTargets, violations } from '../lib/browser.mjs'

const looks = [
  { size: 'desktop', theme: 'light', lang: 'zh' },
  { size: 'desktop', theme: 'dark', lang: 'en' },
  { size: 'small', theme: 'light', lang: 'en' },
  { size: 'small', theme: 'dark', lang: 'zh' },
]

const PLACES = {
  home: '/',
  board: '/views/sales-board',
  'board-by-field': '/views/by-warehouse',
  list: '/views/orders',
  customers: '/views/customers',
  intake: '/forms/order/new',
  'intake-customer': '/forms/customer/new',
  rules: '/rules',
  'rule-list': '/rules/routing',
  'rule-table': '/rules/promise',
  notices: '/notices',
  nowhere: '/nowhere',
}

let prepared
const records = () => {
  prepared ??= (async () => {
    const fresh = await order({ urgency: 'red', urgentReason: '车间停线', note: '尽快发货' })
    const packed = await bring(await order(), 'packed')
    return { 'record-fresh': `/forms/order/${fresh.id}`, 'record-packed': `/forms/order/${packed.id}` }
  })()
  return prepared
}

async function wrongWith(page, name, look) {
  await settled(page)
  await shot(page, `${name}-${look.size}-${look.theme}-${look.lang}`)
  const wrong = [...(await violations(page)), ...(await overflow(page)).map((e) => `sticks out: ${e}`)]
  if (look.size === 'small') wrong.push(...(await smallTargets(page)).map((e) => `under 44 px: ${e}`))
  return [...wrong, ...page.faults.splice(0)].map((w) => `${name}: ${w}`)
}

/** Every screen in one look: nothing for axe to find, nothing sticks out, every target fits a thumb, no errors. */
async function clean(browser, look) {
  const wrong = []
  const stranger = await newPage(browser, look)
  await stranger.goto(`${base}/signin`)
  await stranger.waitForSelector('form')
  wrong.push(...(await wrongWith(stranger, 'sign-in', look)))
  await stranger.context().close()
  const page = await enter(browser, 'admin', '/', look)
  for (const [name, place] of Object.entries({ ...PLACES, ...(await records()) })) {
    await page.goto(base + place)
    await page.waitForSelector('.shell h1, .shell .empty-title')
    wrong.push(...(await wrongWith(page, name, look)))
  }
  assert.deepEqual(wrong, [])
}

export const desktopLightChinese = (browser) => clean(browser, looks[0])
export const desktopDarkEnglish = (browser) => clean(browser, looks[1])
export const phoneLightEnglish = (browser) => clean(browser, looks[2])
export const phoneDarkChinese = (browser) => clean(browser, looks[3])
