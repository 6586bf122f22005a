// The page's one socket, and the boards that it feeds.
import { api, at } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { CardPage, LiveFrame } from '@/api/types'
import { label } from '@/i18n'
import { createStore } from '@/lib/store'
import { LiveBoard } from './board'
import { setServerNow } from './clock'
import { LiveSocket } from './socket'

let signedOut = () => {}
let newRelease = () => {}

export const socket = new LiveSocket({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`,
  onSignedOut: () => signedOut(),
  onRelease: () => newRelease(),
  onNow: setServerNow,
})

/** Says what happens when the session has ended, and when another release went live. Returns a stop. */
export function startLive(on: { signedOut: () => void; release: () => void }): () => void {
  signedOut = on.signedOut
  newRelease = on.release
  const wake = () => {
    if (document.visibilityState === 'visible') socket.wake()
  }
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  return () => {
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  }
}

/** Runs once before the next paint; a hidden page paints never, so there it is a timer. */
function soon(run: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(run)
  else setTimeout(run, 250)
}

/** Runs once what was just changed has been drawn. */
function afterPaint(run: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    run()
  }
  port2.postMessage(0)
}

/** Drawing takes at most this part of the time: a slow phone shows a busy board less often, and stays responsive. */
const SHARE = 1 / 8
const LONGEST = 250 // ms that a change may wait

/**
 * A view followed live: a single change is shown with the next frame of the
 * screen; many are gathered, the longer the slower drawing them is here.
 */
export class LiveView {
  readonly board = new LiveBoard()
  readonly version = createStore(0)
  readonly loaded = createStore(false)
  readonly failure = createStore<ApiError | undefined>(undefined)
  readonly id: string
  private queue: LiveFrame[] = []
  private waiting = false
  private loading = new Set<string>()
  private users = 0
  private leave: (() => void) | undefined
  private end: ReturnType<typeof setTimeout> | undefined
  private size: number | undefined
  /** Before this moment (performance.now()) nothing more is drawn. */
  private rest = 0

  constructor(id: string, size: number | undefined) {
    this.id = id
    this.size = size
  }

  /** Follows the view while at least one component uses it, and half a minute longer: going back finds it warm. */
  use(): () => void {
    this.users++
    clearTimeout(this.end)
    this.leave ??= socket.follow(this.id, {
      frame: (frame) => this.receive(frame),
      position: () => this.board.position,
      window: this.size,
    })
    return () => {
      if (--this.users > 0) return
      this.end = setTimeout(() => this.close(), 30_000)
    }
  }

  /** Forgets the view at once. */
  close(): void {
    clearTimeout(this.end)
    this.leave?.()
    this.leave = undefined
    if (views.get(this.id) === this) views.delete(this.id)
  }

  /** Loads the next page of a group; does nothing while one is on its way. */
  async more(group: string): Promise<void> {
    const cursor = this.board.group(group).next
    if (!cursor || this.loading.has(group)) return
    this.loading.add(group)
    this.board.pageBegins()
    let page: CardPage | undefined
    try {
      page = await api.get<CardPage>(
        at`/views/${this.id}/records?group=${group}&limit=${this.size ?? 50}&cursor=${cursor}`,
      )
    } finally {
      this.loading.delete(group)
      this.board.pageEnds(group, page)
      this.told()
    }
  }

  /** Tells watchers of a change made here. */
  told(): void {
    this.version.set(this.board.version)
    this.loaded.set(this.board.loaded)
  }

  private receive(frame: LiveFrame): void {
    this.queue.push(frame)
    if (this.waiting) return
    this.waiting = true
    const pause = this.rest - performance.now()
    if (pause > 4) setTimeout(() => soon(() => this.drain()), pause)
    else soon(() => this.drain())
  }

  private drain(): void {
    const begun = performance.now()
    this.waiting = false
    const frames = this.queue
    this.queue = []
    for (const frame of frames) {
      if (frame.op === 'snapshot') this.board.snapshot(frame)
      else if (frame.op === 'delta') this.board.delta(frame)
      else if (frame.op === 'error') this.failure.set(new ApiError(422, frame.code, label(frame.message)))
      else if (frame.op === 'resync' && frame.reason === 'denied')
        this.failure.set(new ApiError(403, 'role_denied', ''))
      if (frame.op === 'snapshot') this.failure.set(undefined)
    }
    this.told()
    afterPaint(() => {
      const now = performance.now()
      this.rest = now + Math.min(LONGEST, (now - begun) * (1 / SHARE - 1))
    })
  }
}

const views = new Map<string, LiveView>()

/** The live view of this id, made when it is not there. */
export function liveView(id: string, size?: number): LiveView {
  let view = views.get(id)
  if (!view) {
    view = new LiveView(id, size)
    views.set(id, view)
  }
  return view
}

/** Ends everything live: nobody is signed in any more. */
export function endLive(): void {
  for (const view of [...views.values()]) view.close()
  socket.stop()
}
