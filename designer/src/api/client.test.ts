import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { setLang } from '@/i18n'
import { api, at, onSignedOut, request } from './client'
import { ApiError, byPath } from './errors'

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>()

function reply(status: number, body?: unknown, headers: Record<string, string> = {}) {
  fetched.mockImplementationOnce(
    async () => new Response(body === undefined ? null : JSON.stringify(body), { status, headers }),
  )
}

const sent = (call: number) => new Headers(fetched.mock.calls[call]![1].headers)

beforeEach(() => {
  vi.useFakeTimers()
  fetched.mockReset()
  vi.stubGlobal('fetch', fetched)
  setLang('zh')
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('problem+json becomes an error with code, sentences and places', async () => {
  reply(422, {
    title: 'x',
    status: 422,
    code: 'too_small',
    problems: [
      { path: '/data/lines/0/qty', code: 'too_small', params: { min: 1 }, message: '太小了，不能小于 1。' },
      { path: '/data/phone', code: 'invalid_phone', message: '不是正确的电话号码。' },
    ],
  })
  const error = await api.post('/forms/order/records', {}).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ApiError)
  const failure = error as ApiError
  expect([failure.status, failure.code]).toEqual([422, 'too_small'])
  expect(failure.message).toBe('太小了，不能小于 1。 不是正确的电话号码。')
  expect(byPath(failure.problems)['/data/lines/0/qty']).toBe('太小了，不能小于 1。')
})

test('a write keeps its idempotency key over retries of a lost answer', async () => {
  fetched.mockRejectedValueOnce(new TypeError('lost'))
  reply(503)
  reply(201, { id: 'r' })
  const done = api.post('/forms/order/records', { a: 1 })
  await vi.runAllTimersAsync()
  expect(await done).toEqual({ id: 'r' })
  const keys = [0, 1, 2].map((n) => sent(n).get('Idempotency-Key'))
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(keys).size).toBe(1)
})

test('what the server refuses is not repeated', async () => {
  reply(409, { code: 'wrong_state', problems: [] })
  await expect(api.post('/x', {})).rejects.toMatchObject({ code: 'wrong_state' })
  expect(fetched).toHaveBeenCalledOnce()
})

test('without any answer the error says that the network is gone, in the reader’s language', async () => {
  setLang('en')
  fetched.mockRejectedValue(new TypeError('offline'))
  const failed = api.get('/me').catch((e: unknown) => e)
  await vi.runAllTimersAsync()
  const error = (await failed) as ApiError
  expect(error.network).toBe(true)
  expect(error.message).toMatch(/cannot be reached/)
  expect(fetched).toHaveBeenCalledTimes(3)
})

test('reads carry no key; the revision goes as If-Match; merge patches say what they are', async () => {
  reply(200, {}, { ETag: '"4"' })
  expect((await request('GET', '/forms/order/records/1')).etag).toBe('"4"')
  expect(sent(0).get('Idempotency-Key')).toBeNull()
  reply(200, {})
  await api.patch('/forms/order/records/1', { a: null }, { rev: 4 })
  expect(sent(1).get('If-Match')).toBe('"4"')
  expect(sent(1).get('Content-Type')).toBe('application/merge-patch+json')
  expect(sent(1).get('Accept-Language')).toBe('zh-CN')
})

test('401 tells the shell, but not while signing in', async () => {
  const out = vi.fn()
  onSignedOut(out)
  reply(401, { code: 'bad_credentials' })
  await expect(api.post('/sessions', {})).rejects.toMatchObject({ status: 401 })
  expect(out).not.toHaveBeenCalled()
  reply(401, { code: 'not_signed_in' })
  await expect(api.get('/me')).rejects.toMatchObject({ status: 401 })
  expect(out).toHaveBeenCalledOnce()
})

test('a stale write carries the current record', async () => {
  reply(412, { code: 'stale_revision', current: { id: 'r', rev: 7 } })
  await expect(api.patch('/x', {}, { rev: 1 })).rejects.toMatchObject({
    code: 'stale_revision',
    current: { id: 'r', rev: 7 },
  })
})

test('an answer that is no problem document still makes a sentence', async () => {
  fetched.mockImplementationOnce(async () => new Response('<html>', { status: 500 }))
  await expect(api.get('/x')).rejects.toMatchObject({ code: 'http_500', message: expect.stringContaining('管理员') })
})

test('parts of a path are escaped', () => {
  expect(at`/forms/${'a/b'}/records/${'x?y'}`).toBe('/forms/a%2Fb/records/x%3Fy')
})
