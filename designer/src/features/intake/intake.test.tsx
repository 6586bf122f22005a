import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FormInfo, Me } from '@/api/types'
import { setLang } from '@/i18n'
import { IntakeForm } from './IntakeForm'

const me = {
  tenant: { id: 'demo', name: 'Demo', zone: 'Asia/Shanghai', currency: 'CNY' },
  actor: { id: 'u1', name: 'U', email: '', roles: [] },
  can: [],
  roles: [],
  forms: [],
  views: [],
  notices: { unread: 0 },
  release: 'r1',
  now: '',
} as Me
const info: FormInfo = {
  release: 'r1',
  chain: null,
  access: { create: true, read: true, edit: true, delete: true },
  definition: {
    formatVersion: 1,
    kind: 'form',
    id: 'order',
    name: { en: 'Order' },
    fields: [
      { id: 'qty', type: 'integer', name: { en: 'Quantity' }, required: true, min: 1 },
      { id: 'price', type: 'money', name: { en: 'Price' } },
      { id: 'total', type: 'computed', name: { en: 'Total' }, formula: 'qty * price', result: 'money' },
      {
        id: 'why',
        type: 'text',
        name: { en: 'Why' },
        visibleWhen: { field: 'qty', operator: '>', value: 100 },
        required: true,
      },
    ],
  },
}

const call = vi.fn<(url: string, init: RequestInit) => Promise<Response>>()
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

function open() {
  const client = new QueryClient()
  client.setQueryData(['me'], me)
  render(
    <QueryClientProvider client={client}>
      <IntakeForm info={info} />
    </QueryClientProvider>,
  )
}

beforeEach(() => {
  setLang('en')
  localStorage.clear()
  vi.stubGlobal('fetch', call)
  call.mockReset()
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const type = (name: RegExp, value: string) => fireEvent.change(screen.getByLabelText(name), { target: { value } })
const submit = () => fireEvent.click(screen.getByRole('button', { name: 'Submit' }))

test('nothing is sent while something is wrong, and it is said at its field', () => {
  open()
  submit()
  expect(call).not.toHaveBeenCalled()
  expect(screen.getByLabelText(/Quantity/).getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('Fill this in.')).toBeTruthy()
})

test('a field complains only after it was left', () => {
  open()
  type(/Quantity/, '0')
  expect(screen.getByLabelText(/Quantity/).getAttribute('aria-invalid')).toBeNull()
  fireEvent.blur(screen.getByLabelText(/Quantity/))
  expect(screen.getByLabelText(/Quantity/).getAttribute('aria-invalid')).toBe('true')
  type(/Quantity/, '2')
  expect(screen.getByLabelText(/Quantity/).getAttribute('aria-invalid')).toBeNull()
})

test('computes, shows and hides while typing', () => {
  open()
  type(/Quantity/, '3')
  type(/Price/, '0.1')
  expect(screen.getByText('¥0.30')).toBeTruthy()
  expect(screen.queryByLabelText(/Why/)).toBeNull()
  type(/Quantity/, '101')
  expect(screen.getByLabelText(/Why/)).toBeTruthy()
})

test('what the server refuses stands at the field until that is changed; the draft is kept', async () => {
  call.mockResolvedValue(
    answer(422, { code: 'too_large', problems: [{ path: '/data/qty', code: 'too_large', message: 'Too many.' }] }),
  )
  open()
  type(/Quantity/, '5')
  submit()
  await waitFor(() => expect(screen.getByText('Too many.')).toBeTruthy())
  const [url, init] = call.mock.calls[0] ?? []
  expect(url).toBe('/api/v1/forms/order/records')
  expect(JSON.parse(String(init?.body))).toEqual({ qty: 5 })
  expect(localStorage.getItem('sluice.draft.demo.u1.order')).toContain('"qty":5')
  type(/Quantity/, '4')
  expect(screen.queryByText('Too many.')).toBeNull()
})

test('a repeat of the same order is the same request', async () => {
  call.mockImplementation(() =>
    Promise.resolve(answer(422, { code: 'x', problems: [{ path: '', code: 'x', message: 'No.' }] })),
  )
  open()
  type(/Quantity/, '5')
  submit()
  await waitFor(() => expect(screen.getByText('No.')).toBeTruthy())
  submit()
  await waitFor(() => expect(call).toHaveBeenCalledTimes(2))
  type(/Quantity/, '6')
  submit()
  await waitFor(() => expect(call).toHaveBeenCalledTimes(3))
  const keys = call.mock.calls.map(([, init]) => new Headers(init.headers).get('Idempotency-Key'))
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})

test('a draft comes back', () => {
  localStorage.setItem('sluice.draft.demo.u1.order', JSON.stringify({ data: { qty: 7 }, at: 1 }))
  open()
  expect((screen.getByLabelText(/Quantity/) as HTMLInputElement).value).toBe('7')
  fireEvent.click(screen.getByRole('button', { name: 'Discard draft' }))
  expect((screen.getByLabelText(/Quantity/) as HTMLInputElement).value).toBe('')
  expect(localStorage.getItem('sluice.draft.demo.u1.order')).toBeNull()
})

test('a stored record is forgotten as a draft', async () => {
  call.mockImplementation(() =>
    Promise.resolve(
      answer(201, { id: 'o1', form: 'order', rev: 1, created: '', updated: '', release: 'r1', data: { qty: 5 } }),
    ),
  )
  open()
  type(/Quantity/, '5')
  submit()
  await waitFor(() => expect(window.location.pathname).toBe('/forms/order/o1'))
  expect(localStorage.getItem('sluice.draft.demo.u1.order')).toBeNull()
})
