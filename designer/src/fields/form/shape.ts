import type { FieldDef, FieldType, FormDef, Option } from '@/api/types'
import { type Kind, Shape, type Slot } from '../../expr/value'

/** The parts of an address, in the order in which they are written. */
export const ADDRESS_PARTS = ['province', 'city', 'district', 'street', 'postcode', 'name', 'phone'] as const

const kinds: Record<FieldType, Kind> = {
  text: 'text',
  longtext: 'text',
  number: 'number',
  money: 'number',
  integer: 'number',
  date: 'date',
  datetime: 'time',
  boolean: 'bool',
  select: 'text',
  multiselect: 'list',
  urgency: 'text',
  phone: 'text',
  address: 'none',
  file: 'list',
  reference: 'text',
  lines: 'rows',
  serial: 'text',
  computed: 'none',
  scan: 'text',
  user: 'text',
  tags: 'list',
}

/** The urgencies, most urgent first. */
export const URGENCY_CHOICES: Option[] = [
  { id: 'red', name: { zh: '特急', en: 'Urgent' }, color: 'red' },
  { id: 'yellow', name: { zh: '加急', en: 'Soon' }, color: 'yellow' },
  { id: 'green', name: { zh: '普通', en: 'Normal' }, color: 'green' },
]

const system: [string, Kind, string, string][] = [
  ['$id', 'text', '编号', 'Id'],
  ['$no', 'text', '单号', 'Number'],
  ['$state', 'text', '状态', 'State'],
  ['$entered', 'time', '进入状态时间', 'In state since'],
  ['$created', 'time', '创建时间', 'Created'],
  ['$createdBy', 'text', '创建人', 'Created by'],
  ['$updated', 'time', '修改时间', 'Updated'],
]

/** The kind of value a field holds; an address has one slot per part instead. */
export function kindOf(f: FieldDef): Kind {
  return f.type === 'computed' ? kinds[f.result ?? 'number'] : kinds[f.type]
}

function slotsOf(f: FieldDef): Slot[] {
  if (f.type === 'address') {
    return ADDRESS_PARTS.map((p) => ({ path: `${f.id}.${p}`, kind: 'text' as const, name: f.name }))
  }
  const slot: Slot = { path: f.id, kind: kindOf(f), name: f.name }
  const choices = f.type === 'urgency' ? URGENCY_CHOICES : f.options
  if (choices) {
    slot.enum = choices.map((o) => o.id)
    slot.choices = choices
  }
  if (f.unit ?? f.currency) slot.unit = f.unit ?? f.currency
  if (f.type === 'lines') slot.rows = new Shape((f.fields ?? []).flatMap(slotsOf))
  return [slot]
}

/** The readable places of a form's records: its fields, then the system values. */
export function shapeOf(form: FormDef): Shape {
  return new Shape([
    ...form.fields.flatMap(slotsOf),
    ...system.map(([path, kind, zh, en]) => ({ path, kind, name: { zh, en } })),
  ])
}
