import { resolve } from '@/expr/check'
import { isExact, order } from '@/expr/compare'
import { parseDate, parseTime } from '@/expr/dates'
import { parse } from '@/expr/decimal'
import { compile, run } from '@/expr/index'
import type { Place } from '@/expr/parser'
import {
  bool,
  date,
  type Env,
  isEmpty,
  type Kind,
  NONE,
  number,
  type Row,
  type Shape,
  type Slot,
  text,
  time,
  type Value,
} from '@/expr/value'
import type { Condition, RuleProblem } from './def'
import type { Side } from './operators'

/** What a condition is asked about. */
export interface Asked {
  row: Row
  parent: Row | null
  env: Env
}

/** A compiled right side: its values at a row, and whether one of them is a path to identifiers. */
export interface Right {
  exact: boolean
  read(a: Asked): readonly Value[]
}

/** Collects problems while a condition is compiled. */
export type Report = (path: string, code: string, params?: RuleProblem['params']) => void

/** The value at a place, none when it is not of its slot's kind. */
export function readPlace(p: Place, kind: Kind, a: Asked): Value {
  const v = (p.of === 'parent' ? a.parent : a.row)?.[p.slot] ?? NONE
  return v.kind === kind ? v : NONE
}

const SOURCES = new Set(['value', 'field', 'formula', 'actor'])
const BLANK = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)

/** Compiles the right side of an operator that has one; undefined when it was reported. */
export function compileRight(
  c: Condition,
  op: string,
  side: Side,
  slot: Slot,
  shape: Shape,
  path: string,
  report: Report,
): Right | undefined {
  const source = c.valueSource ?? 'value'
  const actor = source === 'actor'
  const actorFits =
    slot.kind === 'text'
      ? op === '=' || op === '!='
      : slot.kind === 'list' && (op === 'contains' || op === 'doesNotContain')
  if (!SOURCES.has(source) || (actor && !actorFits))
    return void report(`${path}/valueSource`, 'rule_source', { source })
  if (BLANK(c.value)) return void report(`${path}/value`, 'rule_value_missing')
  if (actor) {
    if (c.value !== 'id') return void report(`${path}/value`, 'rule_value')
    return { exact: true, read: (a) => [text(a.env.actor)] }
  }
  if (source === 'value') return constants(c.value, side, slot, `${path}/value`, report)
  const each = source === 'field' ? otherField : formula
  const kinds = wanted(slot, side)
  if (side !== 'two') return single(c.value, `${path}/value`, (v, p) => each(v, kinds, shape, p, report), report)
  if (!Array.isArray(c.value) || c.value.length !== 2) return void report(`${path}/value`, 'rule_value')
  const pair = c.value.map((v, i) =>
    single(v, `${path}/value/${i}`, (s, p) => each(s, kinds, shape, p, report), report),
  )
  const [a, b] = pair
  return a && b ? { exact: a.exact || b.exact, read: (x) => [...a.read(x), ...b.read(x)] } : undefined
}

function single(
  v: unknown,
  path: string,
  compileOne: (s: string, path: string) => Right | undefined,
  report: Report,
): Right | undefined {
  if (BLANK(v)) return void report(path, 'rule_value_missing')
  if (typeof v !== 'string') return void report(path, 'rule_value')
  return compileOne(v, path)
}

/** The kinds a path or formula may have on the right. */
function wanted(slot: Slot, side: Side): readonly Kind[] {
  if (side === 'many') return slot.kind === 'text' || slot.kind === 'list' ? ['list'] : []
  if (slot.kind === 'list') return ['text']
  return slot.kind === 'date' || slot.kind === 'time' ? ['date', 'time'] : [slot.kind]
}

function otherField(
  value: string,
  kinds: readonly Kind[],
  shape: Shape,
  path: string,
  report: Report,
): Right | undefined {
  const r = resolve(value, shape)
  if (!r || r.place.of === 'line') return void report(path, 'rule_unknown_field', { field: value })
  if (!kinds.includes(r.slot.kind)) return void report(path, 'rule_value')
  return { exact: isExact(r.slot), read: (a) => [readPlace(r.place, r.slot.kind, a)] }
}

function formula(value: string, kinds: readonly Kind[], shape: Shape, path: string, report: Report): Right | undefined {
  const { formula: f, problem } = compile(value, shape)
  if (problem) return void report(path, problem.code, problem.params)
  if (!kinds.includes(f.kind)) return void report(path, 'rule_value')
  const exact = f.root.k === 'path' && f.root.slot !== undefined && isExact(f.root.slot)
  return { exact, read: (a) => [run(f, a.row, a.parent, a.env).value] }
}

function constants(value: unknown, side: Side, slot: Slot, path: string, report: Report): Right | undefined {
  if (side === 'one') {
    const v = constant(value, slot, path, report)
    return v && { exact: false, read: () => [v] }
  }
  if (!Array.isArray(value) || (side === 'two' && value.length !== 2)) return void report(path, 'rule_value')
  const items = value.map((v, i) =>
    BLANK(v) ? void report(`${path}/${i}`, 'rule_value_missing') : constant(v, slot, `${path}/${i}`, report),
  )
  if (items.some((v) => v === undefined)) return undefined
  const values = items as Value[]
  const [a, b] = values
  if (side === 'two' && a && b && a.kind === b.kind && order(a, b, isExact(slot), 'UTC') > 0)
    return void report(path, 'rule_range')
  return { exact: false, read: () => values }
}

/** Reads a constant of the kind that the slot is compared with. */
function constant(raw: unknown, slot: Slot, path: string, report: Report): Value | undefined {
  const v = literal(raw, slot.kind)
  if (isEmpty(v)) return void report(path, 'rule_value')
  if (slot.enum && v.kind === 'text' && !slot.enum.includes(v.s))
    return void report(path, 'rule_option', { option: v.s })
  return v
}

function literal(raw: unknown, kind: Kind): Value {
  switch (kind) {
    case 'text':
    case 'list':
      return typeof raw === 'string' ? text(raw) : NONE
    case 'number': {
      const n = typeof raw === 'number' ? parse(String(raw)) : null
      return n ? number(n) : NONE
    }
    case 'bool':
      return typeof raw === 'boolean' ? bool(raw) : NONE
    case 'date':
    case 'time': {
      const d = typeof raw === 'string' ? parseDate(raw) : null
      if (d !== null) return date(d)
      const t = typeof raw === 'string' ? parseTime(raw) : null
      return t === null ? NONE : time(t)
    }
    default:
      return NONE
  }
}
