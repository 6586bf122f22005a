// What the parts of a board share: its definitions, made ready once.
import { createContext, useContext } from 'react'
import type { Card, Color, FieldDef, FormInfo, Json, ViewDef } from '@/api/types'
import type { Lang } from '@/i18n'
import { label } from '@/i18n'
import type { LiveView } from '@/live/live'
import { fieldAt, type Shown } from '@/views/display'
import type { Step } from '@/views/moves'

export interface ColumnInfo {
  id: string
  name: string
  color: Color
  limit?: number | undefined
}

export interface BoardSetup {
  view: ViewDef
  form: FormInfo
  columns: ColumnInfo[]
  live: LiveView
  /** The reference fields that cards show: their names are asked for as cards appear. */
  references: FieldDef[]
  show: (path: string, value: Json | undefined) => Shown
  /** The steps a card can take, or the other columns when the board groups by a field. */
  targets: (card: Card) => Target[]
  /** Starts moving a card: at once, or by asking for what the step needs. */
  move: (card: Card, target: Target) => void
}

export interface Target {
  /** Column that the card lands in. */
  column: string
  step?: Step
}

export const BoardContext = createContext<BoardSetup | undefined>(undefined)

export function useBoard(): BoardSetup {
  const setup = useContext(BoardContext)
  if (!setup) throw new Error('outside a board')
  return setup
}

/** The columns in the view's order, named by the view, the chain or the choice field. */
export function columnsOf(view: ViewDef, form: FormInfo, lang: Lang): ColumnInfo[] {
  const states = view.groupBy === '$state' ? form.chain?.states : undefined
  const options = states ?? (view.groupBy ? fieldAt(form.definition, view.groupBy)?.options : undefined) ?? []
  const listed = view.columns?.length ? view.columns : options.map((o) => ({ group: o.id }))
  return listed.flatMap((column) => {
    const id = column.group
    if (id === undefined) return []
    const known = options.find((o) => o.id === id)
    const name = label('name' in column ? column.name : undefined, lang) || label(known?.name, lang, id || '—')
    return [{ id, name, color: known?.color ?? 'gray', limit: 'limit' in column ? column.limit : undefined }]
  })
}

/** How people call a card: its number and title. */
export function cardName(card: Card): string {
  return card.no || card.title || card.id
}
