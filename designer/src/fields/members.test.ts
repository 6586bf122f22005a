import { describe, expect, test } from 'vitest'
import type { FieldDef, FieldType } from '@/api/types'
import { cells } from './cells'
import { inputs } from './inputs'
import { members } from './members'

const field = (type: FieldType, more: Partial<FieldDef> = {}): FieldDef => ({ id: 'f', type, name: {}, ...more })
const options = [
  { id: 'a', name: { zh: '甲', en: 'Alpha' } },
  { id: 'b', name: { zh: '乙', en: 'Beta' }, off: true },
]

test('each of the 21 types has a member, an input and a cell', () => {
  const types = Object.keys(members).sort()
  expect(types).toHaveLength(21)
  expect(Object.keys(inputs).sort()).toEqual(types)
  expect(Object.keys(cells).sort()).toEqual(types)
  for (const [type, m] of Object.entries(members)) expect(m.type).toBe(type)
})

describe('reading typed text', () => {
  test.each<[FieldType, string, unknown, Partial<FieldDef>?]>([
    ['number', ' 1,234.50 ', 1234.5],
    ['number', '１２．５', 12.5],
    ['number', '12abc', '12abc'],
    ['number', '0.1234567890123456789', '0.1234567890123456789'],
    ['number', '', null],
    ['money', '￥1,280.5', 1280.5],
    ['integer', '-3', -3],
    ['date', '2026年1月5日', '2026-01-05'],
    ['date', '20260131', '2026-01-31'],
    ['date', '2026/1/31', '2026-01-31'],
    ['date', 'tomorrow', 'tomorrow'],
    ['datetime', '2026-01-31 16:00', '2026-01-31T08:00:00.000Z'],
    ['datetime', '2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
    ['datetime', 'soon', 'soon'],
    ['boolean', '是', true],
    ['boolean', 'No', false],
    ['boolean', 'perhaps', 'perhaps'],
    ['select', '甲', 'a', { options }],
    ['select', 'beta', 'b', { options }],
    ['select', 'c', 'c', { options }],
    ['multiselect', '甲、Beta', ['a', 'b'], { options }],
    ['tags', 'x, y，x', ['x', 'y']],
    ['phone', ' １３８ ', '138'],
    ['urgency', '特急', 'red'],
    ['text', '  ', null],
  ])('%s: %s', (type, text, want, more) => {
    expect(members[type].parse(text, field(type, more))).toEqual(want)
  })
})

describe('one plain line', () => {
  test.each<[FieldType, unknown, string, string, Partial<FieldDef>?]>([
    ['number', 1234567.5, '1,234,567.5 kg', '1,234,567.5 kg', { unit: 'kg' }],
    ['money', -1280.5, '-¥1,280.50', '-¥1,280.50'],
    ['money', 1280, 'JP¥1,280', 'JP¥1,280', { currency: 'JPY' }],
    ['boolean', false, '否', 'No'],
    ['multiselect', ['a', 'b'], '甲、乙', 'Alpha, Beta', { options }],
    ['lines', [{}, {}], '2 行', '2 lines'],
    [
      'address',
      { province: '浙江省', city: '宁波市', street: '1 号', name: '李', phone: '138' },
      '浙江省宁波市1 号 · 李 · 138',
      '浙江省宁波市1 号 · 李 · 138',
    ],
    ['computed', 12.5, '¥12.50', '¥12.50', { result: 'money' }],
    ['text', null, '', ''],
    ['tags', [], '', ''],
  ])('%s', (type, value, zh, en, more) => {
    expect(members[type].text(value, field(type, more), 'zh')).toBe(zh)
    expect(members[type].text(value, field(type, more), 'en')).toBe(en)
  })
})
