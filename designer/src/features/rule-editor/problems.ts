import type { Problem, RuleDef } from '@/api/types'
import type { Shape } from '@/expr/value'
import { compileCondition } from '@/rule'
import { rowCondition } from './rows'

/** A problem with its sentence, at a row (-1 for the rule itself). */
export interface Placed {
  row: number
  text: string
}

/** Which row a pointer into the rule means. */
export function rowAt(path: string): number {
  const m = /^\/rows\/(\d+)/.exec(path)
  return m ? Number(m[1]) : -1
}

/** The server's problems, placed at their rows. */
export function placed(problems: readonly Problem[]): Placed[] {
  const seen = new Set<string>()
  return problems
    .map((p) => ({ row: rowAt(p.path), text: p.message || p.code }))
    .filter((p) => {
      const key = `${p.row} ${p.text}`
      return !seen.has(key) && seen.add(key)
    })
}

/** Rows whose condition cannot be used as it stands; known before the server has answered. */
export function unfinished(rule: RuleDef, shape: Shape): Set<number> {
  const out = new Set<number>()
  rule.rows.forEach((row, i) => {
    if (compileCondition(rowCondition(rule, row), shape).problems.length > 0) out.add(i)
  })
  return out
}
