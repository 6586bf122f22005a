import type { FieldDef } from '@/api/types'
import type { Slot } from '@/expr/value'
import { inputs } from '@/fields/inputs'
import { members } from '@/fields/members'
import '@/fields/fields.css'
import { OPERATORS, type Side } from '@/rule/operators'
import { Field } from '@/ui/Field'
import { useT } from './texts'

interface Props {
  field: FieldDef
  slot: Slot
  operator: string
  value: unknown
  onChange: (value: unknown) => void
}

/** One item of a list that a comparison takes: the text, or the number that it says. */
function items(value: unknown, field: FieldDef): unknown[] {
  return Array.isArray(value) ? value.map((v) => (typeof v === 'string' ? members[field.type].parse(v, field) : v)) : []
}

const LISTS = new Set<FieldDef['type']>(['multiselect', 'tags', 'file'])

/** The input that fits a field and an operator: one value, two, several, or none. */
export function ValueEditor({ field, slot, operator, value, onChange }: Props) {
  const t = useT()
  const side: Side = OPERATORS[operator]?.side ?? 'one'
  if (side === 'none') return null
  const single: FieldDef = LISTS.has(field.type) ? { ...field, type: slot.choices ? 'select' : 'text' } : field
  const One = inputs[single.type]
  if (side === 'many') {
    const many: FieldDef = slot.choices
      ? { ...field, type: 'multiselect', options: slot.choices as NonNullable<FieldDef['options']> }
      : { ...field, type: 'tags', maxLength: 500 }
    const Many = inputs[many.type]
    const shown = Array.isArray(value) ? value.map(String) : []
    return (
      <Field label={t('value')}>
        {(p) => <Many {...p} field={many} value={shown} onChange={(v) => onChange(items(v, single))} />}
      </Field>
    )
  }
  if (side === 'two') {
    const [a, b] = Array.isArray(value) ? value : [value, null]
    return (
      <div className="pair">
        <Field label={t('from')}>
          {(p) => <One {...p} field={single} value={a} onChange={(v) => onChange([v, b ?? null])} />}
        </Field>
        <Field label={t('to')}>
          {(p) => <One {...p} field={single} value={b} onChange={(v) => onChange([a ?? null, v])} />}
        </Field>
      </div>
    )
  }
  const shown = Array.isArray(value) ? value[0] : value
  return <Field label={t('value')}>{(p) => <One {...p} field={single} value={shown} onChange={onChange} />}</Field>
}

/** The value that remains meaningful when the operator changes. */
export function convert(value: unknown, operator: string): unknown {
  const side = OPERATORS[operator]?.side ?? 'one'
  const list = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value]
  if (side === 'none') return undefined
  if (side === 'many') return list
  if (side === 'two') return [list[0] ?? null, list[1] ?? null]
  return list[0] ?? null
}
