// What goes over the wire, written by hand from the API's contract.
import type { Label } from '@/i18n'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type Data = Record<string, Json>

/** What is wrong with one place; `message` is in the language that was asked for. */
export interface Problem {
  path: string
  code: string
  params?: Record<string, Json>
  message?: string
}

export type Color = 'gray' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple'

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

// ---- definitions -------------------------------------------------------------------------------------------

interface Head {
  $schema?: string
  formatVersion: number
  kind: string
  id: string
  name: Label
  note?: Label
}

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'notIn'
  | 'between'
  | 'notBetween'
  | 'contains'
  | 'doesNotContain'
  | 'beginsWith'
  | 'doesNotBeginWith'
  | 'endsWith'
  | 'doesNotEndWith'
  | 'containsAny'
  | 'containsAll'
  | 'null'
  | 'notNull'

export interface Match {
  mode: 'all' | 'some' | 'none' | 'atLeast' | 'atMost' | 'exactly'
  threshold?: number
}

/** A group when `combinator` is set, else a comparison. */
export interface Condition {
  id?: string
  combinator?: 'and' | 'or'
  not?: boolean
  rules?: Condition[]
  field?: string
  operator?: Operator
  valueSource?: 'value' | 'field' | 'formula' | 'actor'
  value?: Json
  match?: Match
}

export type FieldType =
  | 'text'
  | 'longtext'
  | 'number'
  | 'money'
  | 'integer'
  | 'date'
  | 'datetime'
  | 'boolean'
  | 'select'
  | 'multiselect'
  | 'urgency'
  | 'phone'
  | 'address'
  | 'file'
  | 'reference'
  | 'lines'
  | 'serial'
  | 'computed'
  | 'scan'
  | 'user'
  | 'tags'

export interface Option {
  id: string
  name: Label
  color?: Color
  off?: boolean
}

export interface Check {
  id: string
  holds?: Condition
  formula?: string
  at?: string
  message: Label
}

export interface FieldDef {
  id: string
  type: FieldType
  name: Label
  note?: Label
  required?: boolean
  readOnly?: boolean
  requiredWhen?: Condition
  visibleWhen?: Condition
  readOnlyWhen?: Condition
  default?: Json
  defaultFormula?: string
  minLength?: number
  maxLength?: number
  pattern?: string
  patternHint?: Label
  unique?: boolean
  min?: number
  max?: number
  scale?: number
  unit?: string
  currency?: string
  options?: Option[]
  maxItems?: number
  form?: string
  accept?: string[]
  roles?: string[]
  fields?: FieldDef[]
  checks?: Check[]
  minRows?: number
  maxRows?: number
  formula?: string
  result?: FieldType
  prefix?: string
  digits?: number
  reset?: 'never' | 'year' | 'month' | 'day'
}

export interface FormDef extends Head {
  title?: string
  chain?: string
  rules?: string[]
  fields: FieldDef[]
  layout?: { id: string; name: Label; fields: string[]; tab?: boolean }[]
  checks?: Check[]
  indexes?: { id: string; field: string }[]
}

export interface Proof {
  kind: 'manual' | 'scan' | 'callback' | 'signature' | 'document' | 'timer' | string
  field?: string
  roles?: string[]
  account?: string
  after?: string
}

export interface Term {
  value?: Json
  formula?: string
}

export interface StateDef {
  id: string
  name: Label
  color?: Color
  final?: boolean
  owner?: string[]
  limit?: { warn?: string; late: string }
  lock?: string[]
}

export interface TransitionDef {
  id: string
  name: Label
  from: string[]
  to: string
  roles?: string[]
  evidence: Proof[]
  guard?: Condition
  guardMessage?: Label
  need?: string[]
  ask?: string[]
  rules?: string[]
  set?: Record<string, Term>
}

export interface ChainDef extends Head {
  form: string
  initial: string
  states: StateDef[]
  transitions: TransitionDef[]
}

export interface ViewDef extends Head {
  type: 'board' | 'list'
  form: string
  roles?: string[]
  filter?: Condition
  sort?: { field: string; desc?: boolean }
  groupBy?: string
  columns?: { group?: string; field?: string; name?: Label; limit?: number; width?: number }[]
  card?: { title: string; fields?: string[]; badges?: string[] }
  window?: number
  colors?: { when: Condition; color: Color }[]
}

export interface Cell {
  operator: Operator
  value?: Json
}

export interface RuleRow {
  id: string
  name?: Label
  off?: boolean
  from?: string
  to?: string
  if?: Record<string, Cell>
  when?: Condition
  then: Record<string, Term>
}

export interface RuleDef extends Head {
  form: string
  mode: 'table' | 'list'
  hitPolicy: 'first' | 'unique' | 'collect'
  inputs?: { id: string; field: string; match?: Match; name?: Label }[]
  outputs: { field: string }[]
  rows: RuleRow[]
  noMatch: { action: 'keep' | 'set' | 'refuse'; then?: Record<string, Term>; reason?: Label }
}

/** Answer of GET /forms/{form}. */
export interface FormInfo {
  definition: FormDef
  chain: ChainDef | null
  access: { create: boolean; read: boolean; edit: boolean; delete: boolean; hidden?: string[]; locked?: string[] }
  release: string
}

/** Answer of GET /views/{view}. */
export interface ViewInfo {
  definition: ViewDef
  release: string
}

// ---- live -------------------------------------------------------------------------------------------------

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
