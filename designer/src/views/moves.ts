// Which steps of a chain a person can take from here, and what each step asks for.
import type { Card, ChainDef, StateDef, TransitionDef } from '@/api/types'

/** now: one tap · scan: a code must be shown · open: fields or papers are asked for · never: not by hand. */
export type Effort = 'now' | 'scan' | 'open' | 'never'

export interface Step {
  transition: TransitionDef
  to: StateDef
  effort: Effort
}

/** True when one of the roles is wanted; an empty list wants nobody in particular. */
export function hasRole(wanted: string[] | undefined, roles: readonly string[]): boolean {
  return !wanted?.length || wanted.includes('*') || wanted.some((r) => roles.includes(r))
}

export function effortOf(transition: TransitionDef, roles: readonly string[]): Effort {
  if (!hasRole(transition.roles, roles)) return 'never'
  const kinds = new Set(transition.evidence.filter((p) => hasRole(p.roles, roles)).map((p) => p.kind))
  if (transition.ask?.length)
    return kinds.has('manual') || kinds.has('scan') || kinds.has('document') || kinds.has('signature')
      ? 'open'
      : 'never'
  if (kinds.has('manual')) return 'now'
  if (kinds.has('scan')) return 'scan'
  return kinds.has('document') || kinds.has('signature') ? 'open' : 'never'
}

/** Every step from a state, in the chain's order. What the server will say of guards is not known here. */
export function stepsFrom(chain: ChainDef, state: string | undefined, roles: readonly string[]): Step[] {
  if (!state) return []
  return chain.transitions
    .filter((t) => t.from.includes(state) || t.from.includes('*'))
    .flatMap((transition) => {
      const to = chain.states.find((s) => s.id === transition.to)
      return to ? [{ transition, to, effort: effortOf(transition, roles) }] : []
    })
}

/** The steps that bring a card into a state, easiest first; those nobody takes by hand left out. */
export function stepsTo(chain: ChainDef, card: Pick<Card, 'state'>, to: string, roles: readonly string[]): Step[] {
  const order: Effort[] = ['now', 'scan', 'open']
  return stepsFrom(chain, card.state, roles)
    .filter((s) => s.to.id === to && s.effort !== 'never')
    .sort((a, b) => order.indexOf(a.effort) - order.indexOf(b.effort))
}
