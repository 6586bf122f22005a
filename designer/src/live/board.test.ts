import { beforeEach, expect, test } from 'vitest'
import type { Card, LiveChange } from '@/api/types'
import { LiveBoard } from './board'

const card = (id: string, group = 'review', rev = 1, sort = id): Card => ({
  id,
  group,
  rev,
  sort,
  title: id,
  values: {},
})

let board: LiveBoard

function delta(changes: LiveChange[], counts?: Record<string, number>) {
  board.delta({ op: 'delta', view: 'v', position: 'p2', now: '', changes, ...(counts ? { counts } : {}) })
}

function ids(group: string) {
  return board.group(group).ids.join('')
}

beforeEach(() => {
  board = new LiveBoard()
  board.snapshot({
    op: 'snapshot',
    view: 'v',
    position: 'p1',
    now: '',
    groups: [
      { group: 'review', count: 3, cards: [card('b'), card('d'), card('f')], next: null },
      { group: 'pick', count: 9, cards: [card('c', 'pick'), card('e', 'pick')], next: 'cur' },
    ],
  })
})

test('a snapshot fills the groups and remembers the position', () => {
  expect(ids('review')).toBe('bdf')
  expect(board.group('pick')).toMatchObject({ count: 9, next: 'cur' })
  expect(board.position).toBe('p1')
})

test('enter sorts in, update replaces, leave removes, counts are the server’s', () => {
  delta([{ op: 'enter', card: card('c2') }], { review: 4 })
  expect(ids('review')).toBe('bc2df')
  delta([{ op: 'update', card: card('b', 'review', 2, 'z') }])
  expect(ids('review')).toBe('c2dfb')
  delta([{ op: 'leave', id: 'd', from: 'review' }], { review: 3 })
  expect(ids('review')).toBe('c2fb')
  expect(board.group('review').count).toBe(3)
  expect(board.position).toBe('p2')
})

test('only the groups that changed get a new object', () => {
  const before = board.group('pick')
  const review = board.group('review')
  delta([{ op: 'update', card: card('b', 'review', 2) }])
  expect(board.group('pick')).toBe(before)
  expect(board.group('review')).not.toBe(review)
})

test('a card behind the loaded edge waits for its page', () => {
  delta([{ op: 'enter', card: card('g', 'pick') }], { pick: 10 })
  expect(ids('pick')).toBe('ce')
  delta([{ op: 'leave', id: 'e', from: 'pick' }])
  delta([{ op: 'enter', card: card('d2', 'pick') }])
  expect(ids('pick')).toBe('cd2') // before the edge, though now the last
})

test('a page joins what is loaded; older copies and cards that left meanwhile stay out', () => {
  board.pageBegins()
  delta([
    { op: 'leave', id: 'x', from: 'pick' },
    { op: 'update', card: card('e', 'pick', 5) },
  ])
  board.pageEnds('pick', { items: [card('e', 'pick', 2), card('g', 'pick'), card('x', 'pick')], next: null })
  expect(ids('pick')).toBe('ceg')
  expect(board.card('e')?.rev).toBe(5)
  expect(board.group('pick').next).toBeNull()
})

test('a move shows at once, with counts, and settles when the delta comes first', () => {
  expect(board.move('d', 'pick')).toBe(true)
  expect([ids('review'), ids('pick')]).toEqual(['bf', 'cde'])
  expect([board.group('review').count, board.group('pick').count]).toEqual([2, 10])
  delta([{ op: 'move', from: 'review', card: card('d', 'pick', 2) }], { review: 2, pick: 10 })
  expect([board.group('review').count, board.group('pick').count]).toEqual([2, 10])
  expect(board.pending('d')).toBe(false)
  board.accepted('d', 2)
  expect(ids('pick')).toBe('cde')
})

test('a move settles when the answer comes first', () => {
  board.move('d', 'pick')
  board.accepted('d', 2)
  expect(board.pending('d')).toBe(true)
  delta([{ op: 'move', from: 'review', card: card('d', 'pick', 2) }], { review: 2, pick: 10 })
  expect(board.pending('d')).toBe(false)
  expect([board.group('review').count, board.group('pick').count]).toEqual([2, 10])
})

test('a refused move goes back, to what the card has become meanwhile', () => {
  board.move('d', 'pick')
  delta([{ op: 'update', card: { ...card('d', 'review', 2), title: 'new' } }])
  expect(ids('pick')).toBe('cde')
  board.refused('d')
  expect([ids('review'), ids('pick')]).toEqual(['bdf', 'ce'])
  expect(board.card('d')?.title).toBe('new')
  expect([board.group('review').count, board.group('pick').count]).toEqual([3, 9])
})

test('a card that leaves while its move is open is gone for good', () => {
  board.move('d', 'pick')
  delta([{ op: 'leave', id: 'd', from: 'review' }], { review: 2 })
  board.refused('d')
  expect([ids('review'), ids('pick')]).toEqual(['bf', 'ce'])
})

test('an older copy never replaces a newer one', () => {
  delta([{ op: 'update', card: card('b', 'review', 7) }])
  delta([{ op: 'update', card: card('b', 'review', 3) }])
  expect(board.card('b')?.rev).toBe(7)
})

test('a new snapshot keeps an open move on top', () => {
  board.move('d', 'pick')
  board.snapshot({
    op: 'snapshot',
    view: 'v',
    position: 'p9',
    now: '',
    groups: [
      { group: 'review', count: 1, cards: [card('d')], next: null },
      { group: 'pick', count: 0, cards: [], next: null },
    ],
  })
  expect([ids('review'), ids('pick')]).toEqual(['', 'd'])
  board.refused('d')
  expect([ids('review'), ids('pick')]).toEqual(['d', ''])
})

test('a watched record is heard of beyond what is shown, and when it leaves', () => {
  const stop = board.watch('z')
  delta([{ op: 'enter', card: card('z', 'pick', 2, 'z') }]) // behind the loaded edge
  expect(board.card('z')).toBeUndefined()
  expect(board.told('z')).toBe(1)
  delta([{ op: 'leave', id: 'z', from: 'pick' }])
  expect(board.told('z')).toBe(2)
  delta([{ op: 'update', card: card('b', 'review', 2) }])
  expect(board.told('z')).toBe(2)
  stop()
  expect(board.told('z')).toBe(0)
})
