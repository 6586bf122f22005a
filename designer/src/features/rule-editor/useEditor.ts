import { useMemo, useReducer, useState } from 'react'
import type { Condition, FormDef, RuleDef, Term } from '@/api/types'
import type { Shape } from '@/expr/value'
import { toast } from '@/ui/Toast'
import { asGroup } from './rows'
import { act, at, begin, copyRow, freshId, type Path } from './store'
import { useT } from './texts'

/** What is being edited in a sheet. */
export type Open =
  | { kind: 'part'; path: Path; row: number; isNew?: boolean }
  | { kind: 'cell'; row: number; input: string }
  | { kind: 'term'; row: number; output: string }
  | { kind: 'name'; row: number }
  | { kind: 'reason' }

export interface EditorActs {
  rule: RuleDef
  form: FormDef
  shape: Shape
  readOnly: boolean
  open: Open | undefined
  show(o: Open | undefined): void
  set(path: Path, value: unknown): void
  unset(path: Path): void
  remove(path: Path, i: number): void
  moveRow(from: number, to: number): void
  copy(i: number): void
  removeRow(i: number): void
  addRow(): void
  addCondition(row: number, group: Path): void
  replace(rule: RuleDef): void
  undo(): void
  redo(): void
  canUndo: boolean
  canRedo: boolean
}

/** The rule being edited and everything that can be done to it. */
export function useEditor(initial: RuleDef, form: FormDef, shape: Shape, readOnly: boolean): EditorActs {
  const t = useT()
  const [e, dispatch] = useReducer(act, initial, begin)
  const [open, show] = useState<Open>()
  const { rule } = e
  return useMemo(() => {
    const undo = () => dispatch({ do: 'undo' })
    const said = (text: string) => toast.ok(text, { text: t('undo'), run: undo })
    return {
      rule,
      form,
      shape,
      readOnly,
      open,
      show,
      set: (path, value) => dispatch({ do: 'set', path, value }),
      unset: (path) => dispatch({ do: 'unset', path }),
      remove: (path, i) => dispatch({ do: 'remove', path, at: i }),
      moveRow: (from, to) => dispatch({ do: 'move', path: ['rows'], from, to }),
      copy: (i) => {
        const row = rule.rows[i]
        if (!row) return
        dispatch({ do: 'insert', path: ['rows'], at: i + 1, value: copyRow(rule, row) })
        said(t('copied', { n: i + 2 }))
      },
      removeRow: (i) => {
        dispatch({ do: 'remove', path: ['rows'], at: i })
        said(t('removed', { n: i + 1 }))
      },
      addRow: () => {
        const then = Object.fromEntries(rule.outputs.map((o) => [o.field, { value: null } as Term]))
        const row = {
          id: freshId(rule, 'r'),
          ...(rule.mode === 'list' ? { when: asGroup(undefined) } : { if: {} }),
          then,
        }
        dispatch({ do: 'insert', path: ['rows'], at: rule.rows.length, value: row })
      },
      addCondition: (row, group) => {
        const n = (at(rule, [...group, 'rules']) as Condition[] | undefined)?.length ?? 0
        show({ kind: 'part', path: [...group, 'rules', n], row, isNew: true })
      },
      replace: (next) => dispatch({ do: 'replace', rule: next }),
      undo,
      redo: () => dispatch({ do: 'redo' }),
      canUndo: e.past.length > 0,
      canRedo: e.future.length > 0,
    }
  }, [rule, e.past.length, e.future.length, form, shape, readOnly, open, t])
}
