import type { Member } from '../member'

/** A line as JSON, with a key of its own that survives reordering and is never sent. */
export type Line = Record<string, unknown>

/** The lines of a value that came as JSON. */
export function linesOf(value: unknown): Line[] {
  return Array.isArray(value) ? (value as Line[]) : []
}

export const lines: Member = {
  type: 'lines',
  name: { zh: '明细', en: 'Lines' },
  empty: [],
  parse: () => [],
  text: (value, _field, lang) => {
    const n = linesOf(value).length
    return n === 0 ? '' : lang === 'en' ? `${n} ${n === 1 ? 'line' : 'lines'}` : `${n} 行`
  },
}
