import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onMoment } from './moments'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

test('fires at the moment, not before', () => {
  const run = vi.fn()
  onMoment(Date.now() + 500, run)
  vi.advanceTimersByTime(499)
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(run).toHaveBeenCalledOnce()
})

test('keeps one timer for many moments and re-arms for an earlier one', () => {
  const calls: string[] = []
  onMoment(Date.now() + 900, () => calls.push('late'))
  onMoment(Date.now() + 100, () => calls.push('early'))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1000)
  expect(calls).toEqual(['early', 'late'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a cancelled moment never fires and leaves no timer', () => {
  const run = vi.fn()
  onMoment(Date.now() + 100, run)()
  vi.advanceTimersByTime(1000)
  expect(run).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

test('a moment beyond the longest timer still comes', () => {
  const run = vi.fn()
  onMoment(Date.now() + 2 ** 31 + 5000, run)
  vi.advanceTimersByTime(2 ** 31)
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10_000)
  expect(run).toHaveBeenCalledOnce()
})
