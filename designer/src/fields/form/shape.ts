import type { FieldDef, FieldType, FormDef, Option } from '@/api/types'
import { type Kind, type Label, Shape, type Slot } from '../../expr/value'

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
  { id: 'red', name: { zh: '特急', en: 'Critical' }, color: 'red' },
  { id: 'yellow', name: { zh: '加急', en: 'Urgent' }, color: 'yellow' },
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

/** The members of an attachment: each is a list beside the list of names. */
const FILE_PARTS = ['id', 'size', 'type'] as const

const PART_NAMES: Record<(typeof ADDRESS_PARTS)[number], Label> = {
  province: { zh: '省', en: 'province' },
  city: { zh: '市', en: 'city' },
  district: { zh: '区', en: 'district' },
  street: { zh: '详细地址', en: 'street' },
  postcode: { zh: '邮编', en: 'postcode' },
  name: { zh: '姓名', en: 'name' },
  phone: { zh: '电话', en: 'phone' },
}

/** The slots that a field fills, the field itself first. */
export function slotsOf(f: FieldDef): Slot[] {
  if (f.type === 'address') {
    return ADDRESS_PARTS.map((p) => {
      const part = PART_NAMES[p]
      const name = { zh: (f.name.zh ?? f.name.en ?? '') + part.zh, en: `${f.name.en ?? f.name.zh ?? ''} ${part.en}` }
      return { path: `${f.id}.${p}`, kind: 'text' as const, name }
    })
  }
  const slot: Slot = { path: f.id, kind: kindOf(f), name: f.name }
  const choices = f.type === 'urgency' ? URGENCY_CHOICES : f.options
  if (choices) {
    slot.enum = choices.map((o) => o.id)
    slot.choices = choices
  }
  if (f.type === 'reference' || f.type === 'user') slot.exact = true
  const unit = f.unit ?? f.currency
  if (unit) slot.unit = unit
  if (f.type === 'lines') slot.rows = new Shape((f.fields ?? []).flatMap(slotsOf))
  if (f.type !== 'file') return [slot]
  return [slot, ...FILE_PARTS.map((p) => ({ path: `${f.id}.${p}`, kind: 'list' as const, name: f.name }))]
}

/** The readable places of a form's records: its fields, then the system values. */
export function shapeOf(form: FormDef): Shape {
  return new Shape([
    ...form.fields.flatMap(slotsOf),
    ...system.map(([path, kind, zh, en]) => ({ path, kind, name: { zh, en } })),
  ])
}

/** What is wrong with one place; `message` is said instead of the code's sentence. */
export interface Problem {
  path: string
  code: string
  params?: Record<string, string | number>
  message?: Label
  /** The id of the check that does not hold. */
  check?: string
}

/** Whether a check holds, or why it could not be decided. */
export interface Outcome {
  holds: boolean
  problem?: Problem
}
