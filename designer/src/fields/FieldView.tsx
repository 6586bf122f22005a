import { useId } from 'react'
import type { FieldDef } from '@/api/types'
import { useLabel, useT as useShared } from '@/i18n'
import { cx } from '@/lib/cx'
import { Field } from '@/ui/Field'
import './fields.css'
import { useEntryContext } from './form/context'
import { inputs } from './inputs'
import { LinesInput } from './lines/Input'
import type { InputProps } from './props'

const GROUPED = new Set<FieldDef['type']>(['address', 'boolean', 'file', 'lines', 'multiselect', 'urgency'])

export interface FieldViewProps {
  field: FieldDef
  value: unknown
  onChange: (value: unknown) => void
}

/** One field of a form with its label, note and problem, as the form around it says. */
export function FieldView({ field, value, onChange }: FieldViewProps) {
  const label = useLabel()
  const entry = useEntryContext()
  const group = useId()
  const state = entry?.state(field.id)
  if (state && !state.visible) return null
  const path = `/${field.id}`
  const error = entry?.errorAt(path)
  const name = label(field.name, field.id)
  const note = field.note ? label(field.note) : undefined
  const Input = field.type === 'lines' ? LinesInput : inputs[field.type]
  const props = (own: Partial<InputProps> & { id: string }): InputProps => ({
    ...own,
    field,
    value,
    onChange,
    onBlur: () => entry?.touch(path),
    readOnly: !!state?.readOnly,
  })
  const box = cx('form-field', `form-${field.type}`)
  if (!GROUPED.has(field.type)) {
    return (
      <div className={box} data-path={path}>
        <Field label={name} note={note} error={error} required={state?.required}>
          {(own) => <Input {...props(own)} />}
        </Field>
      </div>
    )
  }
  return (
    <fieldset className={cx(box, 'fieldset')} data-path={path} aria-describedby={error ? `${group}e` : undefined}>
      <legend className="field-label">
        {name}
        {state?.required && <Star />}
      </legend>
      <Input {...props({ id: group, ...(state?.required && { required: true }) })} />
      {note && <div className="field-note">{note}</div>}
      <div className="field-error" id={`${group}e`} role="alert">
        {error}
      </div>
    </fieldset>
  )
}

function Star() {
  const t = useShared()
  return (
    <span className="field-required" title={t('required')} aria-hidden="true">
      *
    </span>
  )
}
