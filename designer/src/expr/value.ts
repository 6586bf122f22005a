import { dateText, timeText } from './dates'
import { type Dec, format } from './decimal'

/** The kinds of value, named as in problems and definitions. */
export type Kind = 'none' | 'text' | 'number' | 'bool' | 'date' | 'time' | 'list' | 'rows'

/** One typed value of a record; absent, null, "" and [] are all `none` or empty. */
export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly s: string }
  | { readonly kind: 'number'; readonly n: Dec }
  | { readonly kind: 'bool'; readonly b: boolean }
  | { readonly kind: 'date'; readonly i: number }
  | { readonly kind: 'time'; readonly i: number }
  | { readonly kind: 'list'; readonly list: readonly string[] }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }

/** The values of a record or of one line, by the slots of its shape. */
export type Row = readonly Value[]

export interface Label {
  zh?: string
  en?: string
}

/** A choice as people see it. */
export interface Choice {
  id: string
  name: Label
  color?: string
}

/** One readable place of a record: a field, a part of one ("address.city") or a system value ("$state"). */
export interface Slot {
  path: string
  kind: Kind
  /** The shape of each line, when kind is rows. */
  rows?: Shape
  /** The texts a choice allows, in the author's order. */
  enum?: readonly string[]
  /** What people call those texts, for sentences. */
  choices?: readonly Choice[]
  /** Its texts are identifiers (references, people): compared exactly. */
  exact?: boolean
  unit?: string
  name?: Label
}

/** Numbers the readable paths of a record, so that a row is a plain array. */
export class Shape {
  readonly index = new Map<string, number>()
  /** Of a line's shape: the shape of the record the line is in. */
  parent: Shape | null = null

  readonly slots: readonly Slot[]

  constructor(slots: readonly Slot[]) {
    this.slots = slots
    slots.forEach((s, i) => {
      this.index.set(s.path, i)
      if (s.rows) s.rows.parent = this
    })
  }
}

/** What a decision may know of its surroundings. */
export interface Env {
  /** Unix milliseconds. */
  now: number
  /** IANA time zone of the tenant. */
  zone: string
  actor: string
}

export const NONE: Value = { kind: 'none' }
export const TRUE: Value = { kind: 'bool', b: true }
export const FALSE: Value = { kind: 'bool', b: false }

export const text = (s: string): Value => ({ kind: 'text', s })
export const number = (n: Dec): Value => ({ kind: 'number', n })
export const bool = (b: boolean): Value => (b ? TRUE : FALSE)
export const date = (i: number): Value => ({ kind: 'date', i })
export const time = (i: number): Value => ({ kind: 'time', i })
export const list = (l: readonly string[]): Value => ({ kind: 'list', list: l })

/** Whether there is nothing in the value: none, an empty text, an empty list, no rows. */
export function isEmpty(v: Value): boolean {
  switch (v.kind) {
    case 'none':
      return true
    case 'text':
      return v.s === ''
    case 'list':
      return v.list.length === 0
    case 'rows':
      return v.rows.length === 0
    default:
      return false
  }
}

/** The value as JSON carries it; numbers of at most 15 digits survive the way exactly. */
export function toJSON(v: Value): unknown {
  switch (v.kind) {
    case 'text':
      return v.s
    case 'number':
      return Number(format(v.n))
    case 'bool':
      return v.b
    case 'date':
      return dateText(v.i)
    case 'time':
      return timeText(v.i)
    case 'list':
      return [...v.list]
    default:
      return null
  }
}
