// What goes over the wire, written by hand from the API's contract.
import type { Label } from '@/i18n'
import type { ChainDef, Color, FormDef, Json, Proof, ViewDef } from './definitions'

export type * from './definitions'

export type Data = Record<string, Json>

/** What is wrong with one place; `message` is in the language that was asked for. */
export interface Problem {
  path: string
  code: string
  params?: Record<string, Json>
  message?: string
}

export interface Actor {
  kind?: string
  id: string
  name?: string
}

export interface Me {
  tenant: { id: string; name: string; zone: string; currency: string }
  actor: { id: string; name: string; email: string; lang?: 'zh' | 'en'; roles: string[] }
  can: string[]
  home?: string
  roles: { id: string; name: Label }[]
  forms: { id: string; name: Label; create: boolean }[]
  views: { id: string; name: Label; type: 'board' | 'list'; form: string }[]
  rules?: { id: string; name: Label; form: string }[]
  notices: { unread: number }
  release: string
  now: string
}

export interface NextMove {
  transition: string
  name: Label
  to: string
  evidence: Proof[]
  ask?: string[]
  allowed: boolean
  problems?: Problem[]
  owner?: string[]
}

/** A record. `rev` counts its changes and is its ETag. */
export interface Rec {
  id: string
  form: string
  no?: string
  title?: string
  rev: number | string
  state?: string
  entered?: string
  created: string
  createdBy?: Actor | string
  updated: string
  updatedBy?: Actor | string
  release: string
  data: Data
  due?: string
  warn?: string
  next?: NextMove[]
}

export interface Explained {
  rule: string
  row: string
  zh?: string
  en?: string
  because?: Json[]
}

export interface RecordEvent {
  offset: number | string
  type: 'record.submitted' | 'record.edited' | 'record.moved' | 'record.commented' | 'record.deleted'
  at: string
  actor: Actor
  release: string
  data: {
    from?: string
    to?: string
    transition?: string
    evidence?: { kind: string; code?: string; field?: string }
    changed?: Record<string, [Json, Json]>
    explanation?: Explained[]
    text?: string
  }
}

export interface Page<Item> {
  items: Item[]
  next?: string | null
}

export interface Notice {
  id: string
  at: string
  text: Label
  form?: string
  record?: string
  read: boolean
}

export interface UserRef {
  id: string
  name: string
  roles: string[]
}

export interface FileRef {
  id: string
  name: string
  size: number
  type: string
}

/** A card of a board or a row of a list; values by path. */
export interface Card {
  id: string
  no?: string
  rev: number
  group: string
  sort: string
  title?: string
  state?: string
  entered?: string
  values: Record<string, Json>
  color?: Color
  warn?: string
  due?: string
}

export interface CardPage extends Page<Card> {
  counts?: Record<string, number>
}

/** Answer of GET /forms/{form}. */
export interface FormInfo {
  definition: FormDef
  chain: ChainDef | null
  access: { create: boolean; read: boolean; edit: boolean; delete: boolean; hidden?: string[]; locked?: string[] }
  /** What its rules are called. */
  rules?: { id: string; name: Label }[]
  release: string
}

/** Answer of GET /views/{view}. */
export interface ViewInfo {
  definition: ViewDef
  release: string
}

export type LiveChange =
  | { op: 'enter' | 'update'; card: Card }
  | { op: 'move'; from: string; card: Card }
  | { op: 'leave'; id: string; from: string }

export type LiveFrame =
  | { op: 'hello'; release: string; now: string }
  | {
      op: 'snapshot'
      view: string
      position: string
      now: string
      groups: { group: string; count: number; cards: Card[]; next: string | null }[]
    }
  | { op: 'delta'; view: string; position: string; now: string; changes: LiveChange[]; counts?: Record<string, number> }
  | { op: 'resync'; view: string; reason: 'slow' | 'epoch' | 'release' | 'denied' }
  | { op: 'error'; view?: string; code: string; message: Label }
  | { op: 'tick'; now: string; position?: string }
  | { op: 'pong' }
