import { useCallback, useRef } from 'react'
import type { FieldDef } from '@/api/types'
import type { T } from '@/i18n'
import { toast } from '@/ui/Toast'
import { type Line, linesOf } from './index'
import { emptyLine, paste } from './paste'

export interface LineActs {
  set(i: number, column: string, value: unknown): void
  add(at?: number): void
  duplicate(i: number): void
  remove(i: number): void
  paste(text: string, row: number, column: string): void
}

const MOST = 2000

let ids = 0
const names = new WeakMap<Line, string>()

/** A name for a line that stays while it is edited and moved, for React's keys. */
export function nameOf(line: Line): string {
  let name = names.get(line)
  if (!name) {
    name = `l${++ids}`
    names.set(line, name)
  }
  return name
}

/** What can be done with the lines; the functions stay the same from render to render. */
export function useLines(
  field: FieldDef,
  value: unknown,
  onChange: (v: unknown) => void,
  t: T<'lineRemoved' | 'linesPasted' | 'undo'>,
): LineActs {
  const now = useRef({ lines: linesOf(value), onChange, t, field })
  now.current = { lines: linesOf(value), onChange, t, field }
  const acts = useRef<LineActs>(undefined)
  const change = useCallback((lines: Line[]) => {
    now.current.lines = lines
    now.current.onChange(lines)
  }, [])
  acts.current ??= {
    set(i, column, v) {
      const { lines } = now.current
      const old = lines[i]
      if (!old) return
      const line = { ...old, [column]: v }
      names.set(line, nameOf(old))
      change(lines.with(i, line))
    },
    add(at) {
      const { lines, field } = now.current
      if (lines.length < (field.maxRows ?? MOST))
        change(lines.toSpliced(at ?? lines.length, 0, emptyLine(field.fields ?? [])))
    },
    duplicate(i) {
      const { lines, field } = now.current
      const old = lines[i]
      if (old && lines.length < (field.maxRows ?? MOST)) change(lines.toSpliced(i + 1, 0, structuredClone(old)))
    },
    remove(i) {
      const { lines, t } = now.current
      const old = lines[i]
      if (!old) return
      change(lines.toSpliced(i, 1))
      const back = () => change(now.current.lines.toSpliced(Math.min(i, now.current.lines.length), 0, old))
      toast.ok(t('lineRemoved', { n: i + 1 }), { text: t('undo'), run: back })
    },
    paste(text, row, column) {
      const { lines, field, t } = now.current
      const before = lines
      const r = paste(text, lines, field.fields ?? [], row, column, field.maxRows ?? MOST)
      r.lines.forEach((line, i) => {
        const old = before[i]
        if (old && old !== line) names.set(line, nameOf(old))
      })
      change(r.lines)
      if (r.count > 1) toast.ok(t('linesPasted', { n: r.count }), { text: t('undo'), run: () => change(before) })
    },
  }
  return acts.current
}
