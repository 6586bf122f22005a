import { expect, test } from 'vitest'
import type { ChainDef, TransitionDef } from '@/api/types'
import { effortOf, stepsTo } from './moves'

const name = { zh: '步', en: 'Step' }
const step = (over: Partial<TransitionDef>): TransitionDef => ({
  id: 't',
  name,
  from: ['a'],
  to: 'b',
  evidence: [{ kind: 'manual' }],
  ...over,
})

test.each<[string, Partial<TransitionDef>, string]>([
  ['manual', {}, 'now'],
  ['scan only', { evidence: [{ kind: 'scan', field: '$no' }] }, 'scan'],
  ['scan or manual by a role I have', { evidence: [{ kind: 'scan' }, { kind: 'manual', roles: ['picker'] }] }, 'now'],
  ['scan or manual by a role I lack', { evidence: [{ kind: 'scan' }, { kind: 'manual', roles: ['boss'] }] }, 'scan'],
  ['fields asked', { ask: ['weight'] }, 'open'],
  ['a paper', { evidence: [{ kind: 'document', field: 'letter' }] }, 'open'],
  ['the carrier says so', { evidence: [{ kind: 'callback', account: 'sf' }] }, 'never'],
  ['a role I lack', { roles: ['boss'] }, 'never'],
  ['everybody', { roles: ['*'] }, 'now'],
])('%s', (_, over, want) => {
  expect(effortOf(step(over), ['picker'])).toBe(want)
})

test('steps to a state come easiest first and only from where the card is', () => {
  const chain: ChainDef = {
    formatVersion: 1,
    kind: 'chain',
    id: 'c',
    name,
    form: 'f',
    initial: 'a',
    states: ['a', 'b', 'c'].map((id) => ({ id, name })),
    transitions: [
      step({ id: 'ask', ask: ['x'] }),
      step({ id: 'easy' }),
      step({ id: 'other', from: ['c'] }),
      step({ id: 'auto', evidence: [{ kind: 'timer', after: 'PT1H' }] }),
    ],
  }
  expect(stepsTo(chain, { state: 'a' }, 'b', []).map((s) => s.transition.id)).toEqual(['easy', 'ask'])
  expect(stepsTo(chain, { state: 'b' }, 'b', [])).toEqual([])
})
