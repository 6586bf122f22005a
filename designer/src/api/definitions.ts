// The definitions that screens render, as runtime/def reads them.
import type { Label } from '@/i18n'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type Color = 'gray' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple'

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
