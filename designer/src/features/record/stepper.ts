import type { ChainDef, StateDef } from '@/api/types'

export interface StepView {
  state: StateDef
  /** Where the record stands relative to this step. */
  at: 'done' | 'now' | 'ahead'
}

/** The longest way forward through a chain from its first state: what people call its stages, without the ways back. */
export function mainPath(chain: ChainDef): StateDef[] {
  const known = new Map(chain.states.map((s) => [s.id, s]))
  const rank = new Map(chain.states.map((s, i) => [s.id, i]))
  const forward = (id: string) =>
    chain.transitions
      .filter((t) => t.from.includes(id) && (rank.get(t.to) ?? -1) > (rank.get(id) ?? 0))
      .map((t) => t.to)
      .sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
  const path: StateDef[] = []
  for (let id: string | undefined = chain.initial; id !== undefined; id = forward(id)[0]) {
    const s = known.get(id)
    if (!s || path.includes(s)) break
    path.push(s)
  }
  return path
}

/** The stages with the record's place in them; a state off the main way is put where the record is. */
export function stepsOf(chain: ChainDef, state: string | undefined): StepView[] {
  const path = mainPath(chain)
  const i = path.findIndex((s) => s.id === state)
  if (i >= 0) return path.map((s, j) => ({ state: s, at: j < i ? 'done' : j === i ? 'now' : 'ahead' }))
  const off = chain.states.find((s) => s.id === state)
  const rank = chain.states.findIndex((s) => s.id === state)
  const before = path.filter((s) => chain.states.indexOf(s) < rank)
  return [
    ...before.map((s) => ({ state: s, at: 'done' as const })),
    ...(off ? [{ state: off, at: 'now' as const }] : []),
    ...path.slice(before.length).map((s) => ({ state: s, at: 'ahead' as const })),
  ]
}
