import { expect, test } from 'vitest'
import type { FormDef, Json } from '@/api/types'
import { type Context, display } from './display'

const head = { formatVersion: 1, kind: 'form', name: { zh: '订单', en: 'Order' } }
const name = { zh: '甲', en: 'A' }
const form: FormDef = {
  ...head,
  id: 'order',
  fields: [
    { id: 'total', type: 'money', name },
    { id: 'qty', type: 'number', name, unit: '件' },
    { id: 'grade', type: 'select', name, options: [{ id: 'a', name: { zh: '重点', en: 'Key' }, color: 'purple' }] },
    { id: 'speed', type: 'urgency', name },
    { id: 'day', type: 'date', name },
    { id: 'sum', type: 'computed', result: 'money', name },
    { id: 'customer', type: 'reference', form: 'customer', name },
    { id: 'address', type: 'address', name },
    { id: 'lines', type: 'lines', name, fields: [{ id: 'brand', type: 'text', name }] },
  ],
}
const ctx: Context = {
  form,
  chain: {
    ...head,
    id: 'c',
    form: 'order',
    initial: 'new',
    transitions: [],
    states: [{ id: 'new', name: { zh: '新', en: 'New' }, color: 'blue' }],
  },
  lang: 'zh',
  zone: 'Asia/Shanghai',
  currency: 'CNY',
  names: new Map(),
  nameOf: (field, id) => (field.form === 'customer' && id === 'c1' ? '杭州汽修' : ''),
}

test.each<[string, Json | undefined, string, string | undefined]>([
  ['total', 1200, '¥1,200.00', undefined],
  ['sum', 0.3, '¥0.30', undefined],
  ['qty', 12345.5, '12,345.5 件', undefined],
  ['grade', 'a', '重点', 'purple'],
  ['grade', 'removed', 'removed', 'gray'],
  ['speed', 'red', '特急', 'red'],
  ['day', '2026-01-31', '2026年1月31日', undefined],
  ['address.city', '宁波市', '宁波市', undefined],
  ['address', { province: '浙江省', city: '宁波市' }, '浙江省 宁波市', undefined],
  ['lines', [{ brand: 'x' }, { brand: 'y' }], '2 行', undefined],
  ['lines.brand', ['Benz', 'Benz', 'Audi'], 'Benz、Audi', undefined],
  ['$state', 'new', '新', 'blue'],
  ['$created', '2026-01-31T16:30:00.000Z', '2月1日 00:30', undefined],
  ['customer', 'c1', '杭州汽修', undefined],
  ['customer', 'unreadable', '', undefined],
  ['unheard', { a: 1 }, '1', undefined],
  ['total', undefined, '', undefined],
])('%s %j', (path, value, text, color) => {
  const shown = display(path, value, ctx)
  expect(shown.text.replace('2026年2月1日', '2月1日')).toBe(text)
  expect(shown.color).toBe(color)
})
