import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import { useT } from '@/i18n'
import { cx } from '@/lib/cx'
import './field.css'

export interface FieldProps {
  label: ReactNode
  /** Shown under the input. */
  note?: ReactNode
  /** Said in red under the input; announced when it appears. */
  error?: string | undefined
  required?: boolean | undefined
  /** Hides the label from sight, not from screen readers. */
  hideLabel?: boolean
  className?: string
  /** Gets what the input must carry: id and the aria attributes. */
  children: (props: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string; required?: true }) => ReactNode
}

/** Label, input, note and error in one column. `<Field label="…">{(p) => <Input {...p} />}</Field>` */
export function Field({ label, note, error, required, hideLabel, className, children }: FieldProps) {
  const id = useId()
  const t = useT()
  const described = cx(note ? `${id}n` : '', error ? `${id}e` : '')
  return (
    <div className={cx('field', className)}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
        {required && (
          <span className="field-required" title={t('required')} aria-hidden="true">
            *
          </span>
        )}
      </label>
      {children({
        id,
        ...(error ? { 'aria-invalid': true as const } : {}),
        ...(described ? { 'aria-describedby': described } : {}),
        ...(required ? { required: true as const } : {}),
      })}
      {note && (
        <div className="field-note" id={`${id}n`}>
          {note}
        </div>
      )}
      <div className="field-error" id={`${id}e`} role="alert">
        {error}
      </div>
    </div>
  )
}

export function Input({ className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input {...rest} className={cx('input', className)} />
}

export function TextArea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea rows={3} {...rest} className={cx('input', 'input-area', className)} />
}

/** The browser's own select: reachable by keyboard, a wheel on phones. `placeholder` adds an empty first choice. */
export function Select({
  className,
  placeholder,
  choices,
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & {
  placeholder?: string
  choices: { id: string; name: string; disabled?: boolean }[]
  ref?: Ref<HTMLSelectElement>
}) {
  return (
    <select {...rest} className={cx('input', 'input-select', className)}>
      {placeholder !== undefined && <option value="">{placeholder}</option>}
      {choices.map((c) => (
        <option key={c.id} value={c.id} disabled={c.disabled}>
          {c.name}
        </option>
      ))}
    </select>
  )
}

/** A box to tick with its text; the whole line is the target. */
export function Checkbox({
  label,
  className,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & { label: ReactNode }) {
  return (
    <label className={cx('checkbox', className)}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  )
}
