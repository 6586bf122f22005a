import { expect, test } from 'vitest'
import type { ChainDef, FormDef, RecordEvent } from '@/api/types'
import { fill } from '@/i18n'
import en from './en.json'
import { tell } from './history'
import zh from './zh-CN.json'

const form = {
  formatVersion: 1,
  kind: 'form',
  id: 'order',
  name: {},
  fields: [
    { id: 'qty', type: 'integer', name: { zh: '数量', en: 'Qty' } },
    { id: 'lines', type: 'lines', name: { zh: '明细', en: 'Lines' }, fields: [] },
  ],
} as FormDef
const chain = {
  states: [
    { id: 'a', name: { zh: '待审', en: 'Review' } },
    { id: 'b', name: { zh: '已发', en: 'Shipped' } },
  ],
  transitions: [{ id: 'ship', name: { zh: '发货', en: 'Ship' } }],
} as unknown as ChainDef
const rules = new Map([['routing', '分仓']])
const inZh = {
  form,
  chain,
  rules,
  lang: 'zh' as const,
  t: (k: keyof typeof zh, p?: Record<string, string | number>) => fill(zh[k], p),
}
const inEn = {
  ...inZh,
  lang: 'en' as const,
  t: (k: keyof typeof zh, p?: Record<string, string | number>) => fill(en[k], p),
}
const event = (
  type: RecordEvent['type'],
  data: RecordEvent['data'],
  actor = { id: 'u1', name: '小李' },
): RecordEvent => ({
  offset: 1,
  type,
  at: '2026-01-31T08:00:00.000Z',
  actor,
  release: 'r1',
  data,
})

test('a move with its evidence', () => {
  const e = event('record.moved', { from: 'a', to: 'b', transition: 'ship', evidence: { kind: 'scan', code: 'SF1' } })
  expect(tell(e, inZh)).toEqual({ text: '小李 发货：待审 → 已发', details: ['凭证：扫码 SF1'], why: [] })
  expect(tell(e, inEn).text).toBe('小李: Ship, Review → Shipped')
})

test('an edit field by field', () => {
  const e = event('record.edited', { changed: { qty: [null, 1200], lines: [[], [{}, {}]] } })
  expect(tell(e, inZh)).toEqual({
    text: '小李 修改了 数量、明细',
    details: ['数量：空 → 1,200', '明细：0 行明细 → 2 行明细'],
    why: [],
  })
})

test('why a rule decided so', () => {
  const explanation = [
    {
      rule: 'routing',
      row: 'r1',
      zh: '走宁波',
      en: 'from Ningbo',
      because: [{ zh: '等级为 A', en: 'grade is A' }, 'x'],
    },
  ]
  const e = event('record.submitted', { explanation }, { id: '', name: '' })
  expect(tell(e, inZh)).toEqual({
    text: '系统 提交了单据',
    details: [],
    why: ['规则“分仓”：走宁波，因为：等级为 A；x'],
  })
})

test('a comment', () => {
  expect(tell(event('record.commented', { text: '下午送' }), inZh).details).toEqual(['下午送'])
})
