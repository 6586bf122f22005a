// Takes pictures of screens at every size, theme and language for people to look at, and says what is measurably wrong.
// `SLUICE_URL=… node e2e/pictures.mjs [path…]`
import { base, newPage, open, overflow, shot, signIn, smallTargets, violations } from './lib/browser.mjs'

const paths = process.argv.slice(2)
const places = paths.length
  ? paths
  : ['/signin', '/', '/views/sales-board', '/views/warehouse-board', '/views/orders', '/notices', '/rules', '/nowhere']
const looks = [
  { size: 'desktop', theme: 'light', lang: 'zh' },
  { size: 'desktop', theme: 'dark', lang: 'en' },
  { size: 'phone', theme: 'light', lang: 'en' },
  { size: 'small', theme: 'dark', lang: 'zh' },
]

process.env.SLUICE_SHOTS = '1'
const { browser, close } = await open()
for (const look of looks) {
  const page = await newPage(browser, look)
  let inside = false
  for (const place of places) {
    if (place !== '/signin' && !inside) {
      await signIn(page)
      inside = true
    }
    await page.goto(base + place)
    await page.waitForSelector(place === '/signin' ? 'form' : '.shell')
    await page.waitForFunction(() => !document.querySelector('.skeleton'), undefined, { timeout: 8000 }).catch(() => {})
    await page.evaluate(() => document.fonts.ready)
    await page.waitForLoadState('networkidle')
    const name = `${place.replace(/^\//, '').replace(/\W+/g, '-') || 'home'}-${look.size}-${look.theme}-${look.lang}`
    await shot(page, name)
    const wrong = [...(await violations(page)), ...(await overflow(page)).map((e) => `sticks out: ${e}`)]
    if (look.size !== 'desktop') wrong.push(...(await smallTargets(page)).map((e) => `small: ${e}`))
    for (const line of [...wrong, ...page.faults.splice(0)]) console.log(`${name}  ${line}`)
  }
  await page.context().close()
}
await close()
