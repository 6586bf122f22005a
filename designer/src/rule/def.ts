/** Conditions as the evaluator reads them: what an author has typed may be anything. */

export interface Match {
  mode: string
  threshold?: number
}

/** A node of the condition tree: a group when it has a combinator, else a comparison. */
export interface Condition {
  id?: string
  combinator?: string
  not?: boolean
  rules?: Condition[]
  field?: string
  operator?: string
  valueSource?: string
  value?: unknown
  match?: Match
}

/** What is wrong with a condition, by JSON pointer into it. */
export interface RuleProblem {
  path: string
  code: string
  params?: Record<string, string | number>
}
