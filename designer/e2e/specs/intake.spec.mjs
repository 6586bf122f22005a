import assert from 'node:assert/strict'
import { call, customer } from '../lib/api.mjs'
import { base, enter, mouse, newPage, settled, shot, signIn, thumb } from '../lib/browser.mjs'
import { box, cell, field, pick, problem } from '../lib/forms.mjs'

/** A customer that somebody deletes while he is being chosen. */
async function passing() {
  const code = `ZZ${String(Math.floor(Math.random() * 9000) + 1000)}`
  const data = { code, name: `过客维修厂${code}`, kind: 'garage', grade: 'A' }
  return call('admin', 'POST', '/forms/customer/records', data)
}

/** From signing in to the card on somebody else's board, on a small phone, with every help on the way. */
export async function orderFromAPhone(browser) {
  const board = await enter(browser, 'lead', '/views/sales-board')
  await board.waitForSelector('.card')
  const page = await newPage(browser, { size: 'small', lang: 'en' })
  const hand = thumb(page)
  await signIn(page, 'sales@demo.sluice')
  await page.waitForURL(/sales-board/)
  await page.waitForSelector('.card')
  await hand.tap(page.locator('.tab-bar').getByRole('button', { name: 'New' }))
  await hand.tap(page.getByRole('dialog').getByRole('link', { name: 'Order' }))
  await field(page, 'customer').waitFor()
  await settled(page)
  await shot(page, 'intake-phone-empty')

  // Everything that is missing is said where it is, and the first place has the focus.
  await hand.tap('button[type=submit]')
  await problem(page, 'customer').waitFor()
  assert.ok(await box(page, 'customer').evaluate((e) => e === document.activeElement))
  await problem(page, 'lines').waitFor()
  await shot(page, 'intake-phone-missing')

  const lost = await passing()
  await pick(page, hand, 'customer', lost.data.name)
  assert.equal(await problem(page, 'customer').count(), 0)
  await hand.choose(box(page, 'grade'), 'A')

  // Red asks for its reason; green takes the question away again.
  assert.equal(await field(page, 'urgentReason').count(), 0)
  await hand.tap(field(page, 'urgency').locator('label').first())
  await problem(page, 'urgentReason').waitFor()
  await box(page, 'urgentReason').fill('车间停线')
  assert.equal(await problem(page, 'urgentReason').count(), 0)

  await hand.tap(field(page, 'lines').getByRole('button', { name: 'Add line' }))
  await cell(page, 'part').fill('BZ-0421-0117')
  await hand.choose(cell(page, 'brand'), 'benz')
  await hand.choose(cell(page, 'origin'), 'oem')
  await cell(page, 'qty').fill('0')
  await cell(page, 'price').fill('680.5')
  await page.locator('[aria-rowindex="2"] [data-column="qty"] .line-error').waitFor()
  await shot(page, 'intake-phone-line-error')
  await cell(page, 'qty').fill('3')
  await cell(page, 'qty').blur()
  assert.equal(await page.locator('.line-error').count(), 0)
  assert.match(await field(page, 'total').textContent(), /2,041\.50/)

  // A check over several fields answers while one types.
  await box(page, 'discount').fill('5000')
  await box(page, 'discount').blur()
  await problem(page, 'discount').waitFor()
  await box(page, 'discount').fill('41.5')
  assert.equal(await problem(page, 'discount').count(), 0)
  await box(page, 'phone').fill('0576-88001234')
  await shot(page, 'intake-phone-filled')

  // What only the server can know stands at its field too, and what was typed stays.
  await call('admin', 'DELETE', `/forms/customer/records/${lost.id}`)
  await hand.tap('button[type=submit]')
  await problem(page, 'customer').waitFor()
  await shot(page, 'intake-phone-refused')
  assert.equal(await box(page, 'phone').inputValue(), '0576-88001234')
  await hand.tap(field(page, 'customer').getByRole('button'))
  const kept = await customer('A')
  await pick(page, hand, 'customer', kept.data.name)
  await hand.tap('button[type=submit]')
  await page.waitForURL(/\/forms\/order\/(?!new)/)
  await page.locator('.record h1').waitFor()
  const id = page.url().split('/').pop()
  await settled(page)
  await shot(page, 'record-review-phone')

  // It is on the board that was open all the time.
  await board.locator(`[data-column="review"] [data-card="${id}"]`).waitFor()
  assert.match(await board.locator(`[data-card="${id}"]`).textContent(), /2,041\.50/)
  assert.deepEqual([...page.faults, ...board.faults], [])
  return `${hand.taps} taps from the sign-in page to the card on the other board`
}

/** The policy forbids evaluated code; the form is judged all the same, and the server is not asked. */
export async function refusedInTheBrowser(browser) {
  const page = await newPage(browser, { lang: 'en' })
  let policy = ''
  page.on('response', (r) => {
    if (r.request().isNavigationRequest()) policy = r.headers()['content-security-policy'] ?? ''
  })
  await signIn(page, 'sales@demo.sluice')
  await page.goto(`${base}/forms/order/new`)
  await field(page, 'customer').waitFor()
  assert.match(policy, /script-src 'self'/)
  assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/)
  const posts = []
  page.on('request', (r) => r.method() === 'POST' && posts.push(r.url()))
  await page.click('button[type=submit]')
  await problem(page, 'customer').waitFor()
  await problem(page, 'phone').waitFor()
  // From a timer: what the debugger evaluates itself is not under the policy.
  const evaluates = await page.evaluate(
    () =>
      new Promise((done) =>
        setTimeout(() => {
          try {
            done(new Function('return true')())
          } catch {
            done(false)
          }
        }),
      ),
  )
  assert.equal(evaluates, false)
  assert.deepEqual(posts, [])
  await shot(page, 'intake-desktop-errors')
}

/** Reloading the page in the middle of an order loses nothing, and the draft can be thrown away. */
export async function draftSurvivesReload(browser) {
  const page = await enter(browser, 'sales', '/forms/order/new')
  await box(page, 'phone').fill('13800001111')
  await field(page, 'lines').getByRole('button', { name: 'Add line' }).click()
  await cell(page, 'part').fill('AB-1')
  await box(page, 'note').fill('half an order')
  await page.reload()
  await page.locator('.form-notice').waitFor()
  assert.equal(await box(page, 'phone').inputValue(), '13800001111')
  assert.equal(await cell(page, 'part').inputValue(), 'AB-1')
  assert.equal(await box(page, 'note').inputValue(), 'half an order')
  await settled(page)
  await shot(page, 'intake-desktop-draft')
  await page.locator('.form-notice').getByRole('button').click()
  await page.waitForFunction(() => document.querySelector('[data-path="/phone"] input').value === '')
  await page.reload()
  await field(page, 'phone').waitFor()
  assert.equal(await box(page, 'phone').inputValue(), '')
}

/** The session ends elsewhere while somebody types: he signs in again and finds all of it. */
export async function sessionEndsWhileTyping(browser) {
  const page = await enter(browser, 'sales', '/forms/order/new')
  const who = await customer('B')
  await pick(page, mouse(page), 'customer', who.data.name)
  await box(page, 'grade').selectOption('B')
  await field(page, 'lines').getByRole('button', { name: 'Add line' }).click()
  await cell(page, 'part').fill('GL-77')
  await cell(page, 'brand').selectOption('geely')
  await cell(page, 'origin').selectOption('domestic')
  await cell(page, 'price').fill('12')
  await box(page, 'phone').fill('0576-88001234')
  const answer = await fetch(`${base}/api/v1/sessions/current`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${page.token}` },
  })
  assert.ok(answer.ok)
  if (!/signin/.test(page.url())) await page.click('button[type=submit]', { timeout: 5000 }).catch(() => {})
  await page.waitForURL(/\/signin\?next=%2Fforms%2Forder%2Fnew/)
  await page.fill('input[name=email]', 'sales@demo.sluice')
  await page.fill('input[name=password]', 'sluice-demo')
  await page.click('button[type=submit]')
  await page.waitForURL(/\/forms\/order\/new/)
  await page.locator('.form-notice').waitFor()
  assert.equal(await cell(page, 'part').inputValue(), 'GL-77')
  assert.equal(await box(page, 'phone').inputValue(), '0576-88001234')
  await page.click('button[type=submit]')
  await page.waitForURL(/\/forms\/order\/(?!new)/)
}

/** Rows copied from a spreadsheet become lines. */
export async function linesArePasted(browser) {
  const page = await enter(browser, 'sales', '/forms/order/new', { lang: 'zh' })
  await field(page, 'lines').getByRole('button', { name: '添加一行' }).click()
  await cell(page, 'part').focus()
  const rows = Array.from({ length: 5 }, (_, i) => `P-${i}\t滤芯\t宝马\t国产替代件\t${i + 1}\t19.9`).join('\n')
  await page.evaluate((text) => {
    const clipboard = new DataTransfer()
    clipboard.setData('text/plain', text)
    const paste = new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(paste)
  }, rows)
  await cell(page, 'part', 4).waitFor()
  assert.equal(await cell(page, 'brand', 4).inputValue(), 'bmw')
  assert.equal(await cell(page, 'qty', 4).inputValue(), '5')
  assert.match(await field(page, 'total').textContent(), /298\.50/)
  await shot(page, 'lines-desktop')
}
