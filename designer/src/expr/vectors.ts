import { parseDate, parseTime } from './dates'
import { parse } from './decimal'
import { type Env, type Kind, NONE, type Row, Shape, type Slot, type Value } from './value'

/** A slot as the vector files write it. */
export interface RawSlot {
  path: string
  kind: Kind
  enum?: string[]
  exact?: boolean
  rows?: RawSlot[]
}

export type RawRow = Record<string, unknown>

/** Reads a shape of the vector files. */
export function shapeOf(slots: RawSlot[]): Shape {
  return new Shape(slots.map(({ rows, ...s }): Slot => (rows ? { ...s, rows: shapeOf(rows) } : s)))
}

/** Reads a row of the vector files: by path, not nested. */
export function rowOf(raw: RawRow, shape: Shape): Row {
  return shape.slots.map((s) => readRaw(raw[s.path], s))
}

/** Reads one value; what is not of the slot's kind is none. */
export function readRaw(raw: unknown, slot: { kind: Kind; rows?: Shape }): Value {
  switch (slot.kind) {
    case 'text':
      return typeof raw === 'string' ? { kind: 'text', s: raw } : NONE
    case 'number': {
      const n = typeof raw === 'number' || typeof raw === 'string' ? parse(String(raw)) : null
      return n ? { kind: 'number', n } : NONE
    }
    case 'bool':
      return typeof raw === 'boolean' ? { kind: 'bool', b: raw } : NONE
    case 'date': {
      const i = typeof raw === 'string' ? parseDate(raw) : null
      return i === null ? NONE : { kind: 'date', i }
    }
    case 'time': {
      const i = typeof raw === 'string' ? parseTime(raw) : null
      return i === null ? NONE : { kind: 'time', i }
    }
    case 'list':
      return Array.isArray(raw) ? { kind: 'list', list: raw.map(String) } : NONE
    case 'rows':
      return Array.isArray(raw) && slot.rows
        ? { kind: 'rows', rows: raw.map((r) => rowOf(r as RawRow, slot.rows as Shape)) }
        : NONE
    default:
      return NONE
  }
}

/** The surroundings of a vector, with the defaults of the semantics' section 7. */
export function envOf(raw: { now?: string; zone?: string; actor?: string } = {}): Env {
  return {
    now: parseTime(raw.now ?? '2026-03-15T10:30:00Z') ?? 0,
    zone: raw.zone ?? 'Asia/Shanghai',
    actor: raw.actor ?? 'u1',
  }
}
