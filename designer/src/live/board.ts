// The cards of one live view as this page knows them: groups of sorted card
// ids, kept right under snapshots, deltas, pages loaded later and moves that the
// server has not answered yet. No React in here.
import type { Card, CardPage, LiveChange, LiveFrame } from '@/api/types'

/** One column. The object is replaced when anything in the column changes, so it can be compared. */
export interface Group {
  readonly ids: readonly string[]
  /** How many cards the server has in the group; more than ids when not all are loaded. */
  readonly count: number
  readonly next: string | null
}

interface Slot {
  ids: string[]
  /** The copy of ids that was given out; the same one until a card comes, goes or changes its place. */
  given?: readonly string[] | undefined
  count: number
  next: string | null
  /** Sort key of the last card loaded by page: a card behind it comes with the next page, not before. */
  edge: string
}

interface Move {
  to: string
  /** The card as the server has it. */
  base: Card
  /** Revision that the accepted move made; set once the server has answered. */
  rev?: number
}

type Snapshot = Extract<LiveFrame, { op: 'snapshot' }>
type Delta = Extract<LiveFrame, { op: 'delta' }>

const none: Group = { ids: [], count: 0, next: null }

export class LiveBoard {
  /** Grows with every change: what a component watches. */
  version = 0
  loaded = false
  /** Where to resume from. */
  position = ''
  private cards = new Map<string, Card>()
  private slots = new Map<string, Slot>()
  private shown = new Map<string, Group>()
  private moves = new Map<string, Move>()
  private watched = new Map<string, { users: number; told: number }>()
  private gone = new Set<string>() // cards that left while a page was being loaded
  private loading = 0

  card(id: string): Card | undefined {
    return this.cards.get(id)
  }

  /** Counts what is said of a record from now on, whether its card is shown or not. Returns a stop. */
  watch(id: string): () => void {
    const w = this.watched.get(id) ?? { users: 0, told: 0 }
    w.users++
    this.watched.set(id, w)
    return () => {
      if (--w.users === 0) this.watched.delete(id)
    }
  }

  /** How often something was said of a watched record: a change, or a snapshot that may hide one. */
  told(id: string): number {
    return this.watched.get(id)?.told ?? 0
  }

  /** True while a move of the card waits for the server. */
  pending(id: string): boolean {
    return this.moves.has(id)
  }

  group(id: string): Group {
    const known = this.shown.get(id)
    if (known) return known
    const slot = this.slots.get(id)
    if (!slot) return none
    let count = slot.count
    for (const move of this.moves.values()) {
      if (move.to === id) count++
      if (move.base.group === id) count--
    }
    slot.given ??= slot.ids.slice()
    const group = { ids: slot.given, count: Math.max(count, slot.ids.length), next: slot.next }
    this.shown.set(id, group)
    return group
  }

  snapshot(frame: Snapshot): void {
    this.cards.clear()
    this.slots.clear()
    this.shown.clear()
    this.gone.clear()
    for (const g of frame.groups) {
      const cards = g.cards ?? []
      for (const card of cards) this.cards.set(card.id, card)
      this.slots.set(g.group, {
        ids: cards.map((c) => c.id),
        count: g.count,
        next: g.next ?? null,
        edge: cards.at(-1)?.sort ?? '',
      })
    }
    for (const [id, move] of this.moves) this.rebase(id, move)
    for (const w of this.watched.values()) w.told++
    this.loaded = true
    this.position = frame.position
    this.version++
  }

  delta(frame: Delta): void {
    for (const change of frame.changes) this.change(change)
    for (const [group, count] of Object.entries(frame.counts ?? {})) {
      this.slot(group).count = count
      this.shown.delete(group)
    }
    this.position = frame.position
    this.version++
  }

  /** Brackets a page request: cards that leave meanwhile must not come back with the page. */
  pageBegins(): void {
    if (this.loading++ === 0) this.gone.clear()
  }

  pageEnds(group: string, page?: CardPage): void {
    this.loading--
    if (!page) return
    const slot = this.slot(group)
    slot.next = page.next ?? null
    const last = page.items.at(-1)
    if (last) slot.edge = last.sort
    for (const card of page.items) {
      const known = this.cards.get(card.id)
      if (this.gone.has(card.id) || (known && known.rev >= card.rev)) continue
      this.put(card)
    }
    for (const [g, count] of Object.entries(page.counts ?? {})) {
      this.slot(g).count = count
      this.shown.delete(g)
    }
    this.shown.delete(group)
    this.version++
  }

  /** Shows a card in another group before the server has agreed. `set` are values that go with it. */
  move(id: string, to: string, set: Partial<Card> = {}): boolean {
    const card = this.cards.get(id)
    if (!card || this.moves.has(id) || card.group === to) return false
    this.moves.set(id, { to, base: card })
    this.shown.delete(card.group)
    this.put({ ...card, ...set, group: to }, true)
    this.version++
    return true
  }

  /** The server agreed; its delta may come before or after this. */
  accepted(id: string, rev: number): void {
    const move = this.moves.get(id)
    if (!move) return
    if (move.base.rev >= rev) this.forget(id, move)
    else move.rev = rev
    this.version++
  }

  /** The server refused: the card goes back to where the server has it. */
  refused(id: string): void {
    const move = this.moves.get(id)
    if (!move) return
    this.forget(id, move)
    this.put(move.base, true)
    this.version++
  }

  private change(change: LiveChange): void {
    const watched = this.watched.get(change.op === 'leave' ? change.id : change.card.id)
    if (watched) watched.told++
    if (change.op === 'leave') {
      const move = this.moves.get(change.id)
      if (move) this.forget(change.id, move)
      this.gone.add(change.id)
      this.remove(change.id)
      return
    }
    const { card } = change
    const known = this.cards.get(card.id)
    if (known && known.rev > card.rev) return
    const move = this.moves.get(card.id)
    if (move) {
      if (move.rev === undefined && card.group === move.base.group) {
        move.base = card // somebody changed it meanwhile; our move is still open
        return
      }
      this.forget(card.id, move)
    }
    this.put(card)
  }

  /** Puts a card where it belongs; one behind the loaded edge is only counted, unless `always`. */
  private put(card: Card, always = false): void {
    const known = this.cards.get(card.id)
    if (known?.group === card.group && known.sort === card.sort) {
      this.cards.set(card.id, card)
      this.shown.delete(card.group)
      return
    }
    this.remove(card.id)
    const slot = this.slot(card.group)
    this.shown.delete(card.group)
    if (!always && slot.next !== null && card.sort > slot.edge) return
    this.cards.set(card.id, card)
    slot.ids.splice(this.place(slot, card), 0, card.id)
    slot.given = undefined
  }

  private remove(id: string): void {
    const card = this.cards.get(id)
    if (!card) return
    this.cards.delete(id)
    const slot = this.slot(card.group)
    const index = slot.ids.indexOf(id)
    if (index >= 0) slot.ids.splice(index, 1)
    slot.given = undefined
    this.shown.delete(card.group)
  }

  /** Index of the first card that sorts behind this one. */
  private place(slot: Slot, card: Card): number {
    let low = 0
    let high = slot.ids.length
    while (low < high) {
      const mid = (low + high) >> 1
      const other = this.cards.get(slot.ids[mid]!)
      if (other && (other.sort < card.sort || (other.sort === card.sort && other.id < card.id))) low = mid + 1
      else high = mid
    }
    return low
  }

  private slot(id: string): Slot {
    let slot = this.slots.get(id)
    if (!slot) {
      slot = { ids: [], count: 0, next: null, edge: '' }
      this.slots.set(id, slot)
    }
    return slot
  }

  private forget(id: string, move: Move): void {
    this.moves.delete(id)
    this.shown.delete(move.to)
    this.shown.delete(move.base.group)
  }

  /** After a snapshot: the server's picture stands; an open move is laid over it again. */
  private rebase(id: string, move: Move): void {
    const card = this.cards.get(id)
    if (!card || card.group === move.to || card.rev > move.base.rev) {
      this.moves.delete(id)
      return
    }
    move.base = card
    this.put({ ...card, group: move.to }, true)
  }
}
