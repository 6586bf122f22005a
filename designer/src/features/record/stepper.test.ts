import { expect, test } from 'vitest'
import type { ChainDef } from '@/api/types'
import { mainPath, stepsOf } from './stepper'

const state = (id: string) => ({ id, name: { zh: id } })
const move = (from: string, to: string) => ({ id: `${from}-${to}`, name: {}, from: [from], to, evidence: [] })
const chain = {
  initial: 'new',
  states: ['new', 'picked', 'held', 'packed', 'done'].map(state),
  transitions: [
    move('new', 'picked'),
    move('picked', 'packed'),
    move('packed', 'picked'),
    move('packed', 'done'),
    move('held', 'packed'),
  ],
} as unknown as ChainDef

test('the main way leaves out ways back and states aside', () => {
  expect(mainPath(chain).map((s) => s.id)).toEqual(['new', 'picked', 'packed', 'done'])
})

test('where the record stands', () => {
  expect(stepsOf(chain, 'packed').map((s) => s.at)).toEqual(['done', 'done', 'now', 'ahead'])
})

test('a state off the main way is shown where it belongs', () => {
  expect(stepsOf(chain, 'held').map((s) => [s.state.id, s.at])).toEqual([
    ['new', 'done'],
    ['picked', 'done'],
    ['held', 'now'],
    ['packed', 'ahead'],
    ['done', 'ahead'],
  ])
})
