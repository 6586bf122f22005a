import { createContext, useContext } from 'react'
import type { FieldState } from './index'

/** What the form around an input tells those inputs that hold several places (lines, addresses). */
export interface EntryContext {
  /** The sentence of a problem to show at a place, such as "/lines/3/qty". */
  errorAt(path: string): string | undefined
  state(field: string, lines?: string, line?: number): FieldState
  /** The settled value of a cell: computed ones live. */
  settled(lines: string, line: number, column: string): unknown
  /** Marks a place as visited: its problems are shown from now on. */
  touch(path: string): void
  /** Changes with every answer of the form. */
  version: number
}

export const EntryContextProvider = createContext<EntryContext | undefined>(undefined)

export function useEntryContext(): EntryContext | undefined {
  return useContext(EntryContextProvider)
}
