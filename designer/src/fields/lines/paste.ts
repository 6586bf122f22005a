import type { FieldDef } from '@/api/types'
import { members } from '../members'
import type { Line } from './index'
import { readTable } from './tsv'

/** Columns that people fill in, in their order. */
export function editable(columns: readonly FieldDef[]): FieldDef[] {
  return columns.filter((c) => c.type !== 'computed' && c.type !== 'serial' && !c.readOnly)
}

/** A line without any value. */
export function emptyLine(columns: readonly FieldDef[]): Line {
  return Object.fromEntries(
    columns.filter((c) => c.default !== undefined).map((c) => [c.id, structuredClone(c.default)]),
  )
}

/**
 * Puts a pasted table into the lines from a cell on, adding lines as needed. A
 * first row of column names (as copied with its heading) says which columns are meant.
 */
export function paste(
  text: string,
  lines: readonly Line[],
  columns: readonly FieldDef[],
  row: number,
  column: string,
  most: number,
): { lines: Line[]; count: number } {
  const table = readTable(text)
  const open = editable(columns)
  const named = headings(table[0] ?? [], open)
  const body = named ? table.slice(1) : table
  const from = open.findIndex((c) => c.id === column)
  const targets = named ?? open.slice(Math.max(from, 0))
  const out = [...lines]
  body.slice(0, Math.max(0, most - row)).forEach((cells, i) => {
    const line: Line = { ...(out[row + i] ?? emptyLine(columns)) }
    cells.forEach((cell, j) => {
      const c = targets[j]
      if (c) line[c.id] = members[c.type].parse(cell, c)
    })
    out[row + i] = line
  })
  return { lines: out, count: Math.min(body.length, Math.max(0, most - row)) }
}

function headings(cells: readonly string[], columns: readonly FieldDef[]): (FieldDef | undefined)[] | null {
  const match = (cell: string) => {
    const t = cell.trim().toLowerCase()
    return columns.find((c) => t !== '' && [c.id, c.name.zh, c.name.en].some((n) => n?.toLowerCase() === t))
  }
  const found = cells.map(match)
  return found.filter(Boolean).length >= Math.min(2, cells.length) && found.some(Boolean) ? found : null
}
