import { expect, test } from 'vitest'
import { remaining } from './duration'

const due = Date.UTC(2026, 0, 31, 10)
const min = 60_000

test('turns at exactly the due moment, not a millisecond before', () => {
  expect(remaining(due, undefined, due - 1)).toMatchObject({ tone: 'calm', minutes: 0, next: due })
  expect(remaining(due, undefined, due)).toMatchObject({ tone: 'late', minutes: 0, next: due + min })
})

test('turns yellow at exactly the warning', () => {
  const warn = due - 30 * min
  expect(remaining(due, warn, warn - 1)).toMatchObject({ tone: 'calm', next: warn })
  expect(remaining(due, warn, warn)).toMatchObject({ tone: 'warn', minutes: 30 })
})

test.each([
  [90 * min, { days: 0, hours: 1, minutes: 30 }],
  [23 * 60 * min + 59 * min, { days: 0, hours: 23, minutes: 59 }],
  [50 * 60 * min + 5 * min, { days: 2, hours: 2, minutes: 0 }],
])('%i ms before', (left, want) => {
  expect(remaining(due, undefined, due - left)).toMatchObject(want)
})

test('next is the first moment at which the shown text differs', () => {
  for (const offset of [-50 * 60 * min - 1234, -61 * min, -min, -59_999, 0, 1, 59_999, min, 26 * 60 * min + 7]) {
    const now = due + offset
    const at = remaining(due, undefined, now)
    const shown = ({ tone, days, hours, minutes }: typeof at) => `${tone} ${days} ${hours} ${minutes}`
    expect(shown(remaining(due, undefined, at.next - 1))).toBe(shown(at))
    expect(shown(remaining(due, undefined, at.next))).not.toBe(shown(at))
    expect(at.next).toBeGreaterThan(now)
  }
})
