// One WebSocket for all live views of the page. It reconnects by itself, resumes
// each view where it stopped, and knows how old the data on the screen is.
import type { LiveFrame } from '@/api/types'
import { createStore } from '@/lib/store'

/** live: heard lately · late: connected but silent · lost: no connection · off: not wanted or not allowed. */
export type LiveState = 'off' | 'connecting' | 'live' | 'late' | 'lost'

export interface LiveStatus {
  state: LiveState
  /** ms (this machine's clock) when the server was last heard; 0 never. */
  heard: number
}

export interface Subscriber {
  frame(frame: LiveFrame): void
  /** Position to resume from, "" for a snapshot. */
  position(): string
  window: number | undefined
}

export interface SocketOptions {
  url: () => string
  open?: (url: string, protocol: string) => WebSocket
  random?: () => number
  onSignedOut?: () => void
  onRelease?: (release: string) => void
  onNow?: (now: string) => void
}

const protocol = 'sluice.v1.json'
const silence = { late: 12_000, dead: 25_000 } // ms; the server ticks every 10 s
const backoff = { first: 400, most: 20_000 } // ms
const steady = 5_000 // ms a connection must last before failures are forgotten

/** Pause before try n (0 is the first repeat): doubles, with half of it left to chance so that a restart does not bring everybody back at once. */
export function pause(n: number, random: () => number): number {
  const whole = Math.min(backoff.first * 2 ** n, backoff.most)
  return whole / 2 + (random() * whole) / 2
}

export class LiveSocket {
  readonly status = createStore<LiveStatus>({ state: 'off', heard: 0 })
  private options: SocketOptions
  private views = new Map<string, Subscriber>()
  private socket: WebSocket | undefined
  private failures = 0
  private opened = 0
  private heard = 0
  private release = ''
  private again: ReturnType<typeof setTimeout> | undefined
  private watch: ReturnType<typeof setTimeout> | undefined

  constructor(options: SocketOptions) {
    this.options = options
  }

  /** Follows a view until the returned function is called. One subscriber per view. */
  follow(view: string, subscriber: Subscriber): () => void {
    this.views.set(view, subscriber)
    if (this.socket?.readyState === 1) this.subscribe(view, subscriber)
    else this.connect()
    return () => {
      if (this.views.get(view) !== subscriber) return
      this.views.delete(view)
      this.send({ op: 'unsub', view })
      if (this.views.size === 0) this.stop('off')
    }
  }

  /** Connects now when it is not connected: the network is back, the page is seen again. */
  wake(): void {
    if (this.views.size === 0 || this.status.get().state === 'off') return
    if (this.socket && Date.now() - this.heard < silence.late) return
    this.failures = 0
    this.drop()
    this.connect()
  }

  /** Closes for good, until the next follow(). */
  stop(state: 'off' | 'lost' = 'off'): void {
    clearTimeout(this.again)
    this.again = undefined
    this.drop()
    this.say(state)
  }

  private connect(): void {
    if (this.socket) return
    clearTimeout(this.again)
    this.again = undefined
    if (this.status.get().state !== 'lost') this.say('connecting')
    const open = this.options.open ?? ((url, sub) => new WebSocket(url, sub))
    const socket = open(this.options.url(), protocol)
    this.socket = socket
    this.heard = Date.now()
    this.guard()
    socket.onopen = () => {
      if (socket !== this.socket) return
      this.opened = Date.now()
      for (const [view, subscriber] of this.views) this.subscribe(view, subscriber)
    }
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data)
    }
    socket.onclose = (event) => {
      if (socket !== this.socket) return
      this.drop()
      this.closed(event.code)
    }
  }

  private closed(code: number): void {
    if (code === 4401) {
      this.say('off')
      this.options.onSignedOut?.()
      return
    }
    if (code === 4403) {
      this.say('off')
      return
    }
    if (this.opened && Date.now() - this.opened > steady) this.failures = 0
    this.opened = 0
    this.say('lost')
    this.again = setTimeout(() => this.connect(), pause(this.failures++, this.options.random ?? Math.random))
  }

  private receive(data: unknown): void {
    this.heard = Date.now()
    let frame: LiveFrame
    try {
      frame = JSON.parse(String(data))
    } catch {
      return // a frame cut short by the network: the next snapshot or delta tells all
    }
    if (this.status.get().state !== 'live') this.say('live')
    if ('now' in frame && frame.now) this.options.onNow?.(frame.now)
    if (frame.op === 'hello' && frame.release !== this.release) {
      if (this.release) this.options.onRelease?.(frame.release)
      this.release = frame.release
    }
    if (!('view' in frame) || !frame.view) return
    const subscriber = this.views.get(frame.view)
    if (!subscriber) return
    subscriber.frame(frame)
    if (frame.op === 'resync') {
      if (frame.reason === 'release') this.options.onRelease?.('')
      if (frame.reason !== 'denied') this.send({ op: 'sub', view: frame.view, window: subscriber.window })
    }
  }

  private subscribe(view: string, subscriber: Subscriber): void {
    this.send({ op: 'sub', view, since: subscriber.position() || undefined, window: subscriber.window })
  }

  private send(message: unknown): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message))
  }

  /** One timer watches the silence, however many frames come. */
  private guard(): void {
    clearTimeout(this.watch)
    const quiet = Date.now() - this.heard
    if (quiet >= silence.dead) {
      this.drop()
      this.closed(0)
      return
    }
    if (quiet >= silence.late && this.status.get().state === 'live') this.say('late')
    const next = quiet < silence.late ? silence.late : silence.dead
    this.watch = setTimeout(() => this.guard(), next - quiet)
  }

  private drop(): void {
    clearTimeout(this.watch)
    const socket = this.socket
    this.socket = undefined
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
  }

  private say(state: LiveState): void {
    this.status.set({ state, heard: this.heard })
  }
}
