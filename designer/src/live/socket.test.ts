import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LiveFrame } from '@/api/types'
import { LiveSocket, pause } from './socket'

class Wire {
  static all: Wire[] = []
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  closed = false
  constructor() {
    Wire.all.push(this)
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.closed = true
  }
  open() {
    this.readyState = 1
    this.onopen?.()
    this.say({ op: 'hello', release: 'r1', now: '2026-01-31T08:00:00.000Z' })
  }
  say(frame: LiveFrame) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  fail(code: number) {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

let socket: LiveSocket
let position: string
let frames: LiveFrame[]
const onSignedOut = vi.fn()
const onRelease = vi.fn()
const last = () => Wire.all.at(-1)!

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  Wire.all = []
  position = ''
  frames = []
  onSignedOut.mockReset()
  onRelease.mockReset()
  socket = new LiveSocket({
    url: () => 'ws://x',
    open: () => new Wire() as unknown as WebSocket,
    random: () => 1,
    onSignedOut,
    onRelease,
  })
  socket.follow('v', { frame: (f) => frames.push(f), position: () => position, window: 50 })
})
afterEach(() => {
  socket.stop()
  vi.useRealTimers()
})

test('subscribes when it opens and passes on the frames of its view', () => {
  last().open()
  expect(last().sent).toEqual([{ op: 'sub', view: 'v', window: 50 }])
  expect(socket.status.get().state).toBe('live')
  last().say({ op: 'resync', view: 'other', reason: 'slow' })
  last().say({ op: 'delta', view: 'v', position: 'p', now: '', changes: [] })
  expect(frames.map((f) => f.op)).toEqual(['delta'])
})

test('comes back after a loss and resumes where it stopped', () => {
  last().open()
  position = 'p7'
  last().fail(1012)
  expect(socket.status.get().state).toBe('lost')
  vi.advanceTimersByTime(399)
  expect(Wire.all).toHaveLength(1)
  vi.advanceTimersByTime(1)
  last().open()
  expect(last().sent).toEqual([{ op: 'sub', view: 'v', since: 'p7', window: 50 }])
})

test('waits longer after each failure', () => {
  for (const wait of [400, 800, 1600]) {
    last().fail(1006)
    const before = Wire.all.length
    vi.advanceTimersByTime(wait - 1)
    expect(Wire.all).toHaveLength(before)
    vi.advanceTimersByTime(1)
    expect(Wire.all).toHaveLength(before + 1)
  }
  expect(pause(30, () => 0)).toBe(10_000)
  expect(pause(30, () => 1)).toBe(20_000)
})

test('does not come back when nobody is signed in', () => {
  last().open()
  last().fail(4401)
  vi.advanceTimersByTime(600_000)
  expect(Wire.all).toHaveLength(1)
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test('silence is late at 12 s and a loss at 25 s', () => {
  last().open()
  vi.advanceTimersByTime(11_000)
  last().say({ op: 'tick', now: '' })
  vi.advanceTimersByTime(11_999)
  expect(socket.status.get().state).toBe('live')
  vi.advanceTimersByTime(1)
  expect(socket.status.get().state).toBe('late')
  vi.advanceTimersByTime(13_000)
  expect(socket.status.get().state).toBe('lost')
  expect(Wire.all[0]!.closed).toBe(true)
})

test('resync subscribes again without a position; a refused view stays out', () => {
  last().open()
  position = 'p7'
  last().say({ op: 'resync', view: 'v', reason: 'slow' })
  expect(last().sent.at(-1)).toEqual({ op: 'sub', view: 'v', window: 50 })
  last().say({ op: 'resync', view: 'v', reason: 'denied' })
  expect(last().sent).toHaveLength(2)
})

test('another release on reconnect is announced, the first is not', () => {
  last().open()
  expect(onRelease).not.toHaveBeenCalled()
  last().fail(1012)
  vi.advanceTimersByTime(400)
  last().readyState = 1
  last().say({ op: 'hello', release: 'r2', now: '' })
  expect(onRelease).toHaveBeenCalledWith('r2')
})

test('the connection closes with the last view', () => {
  const leave = socket.follow('w', { frame: () => {}, position: () => '', window: undefined })
  last().open()
  leave()
  expect(last().sent.at(-1)).toEqual({ op: 'unsub', view: 'w' })
  expect(last().closed).toBe(false)
})
