import { useLabel } from '@/i18n'
import { URGENCY_CHOICES } from '../form/shape'
import type { InputProps } from '../props'
import { SelectInput } from '../select/Input'

/** Three colours side by side; in a table a select. */
export function UrgencyInput(p: InputProps) {
  const label = useLabel()
  if (p.compact) return <SelectInput {...p} field={{ ...p.field, options: URGENCY_CHOICES }} />
  return (
    <div
      className="segments"
      role="radiogroup"
      id={p.id}
      aria-label={p['aria-label']}
      aria-describedby={p['aria-describedby']}
    >
      {URGENCY_CHOICES.map((o) => (
        <label key={o.id} className={`segment segment-color c-${o.color}`}>
          <input
            type="radio"
            name={p.id}
            checked={p.value === o.id}
            disabled={p.readOnly}
            onBlur={p.onBlur}
            onChange={() => p.onChange(o.id)}
            onClick={() => !p.required && p.value === o.id && p.onChange(null)}
          />
          <span className="segment-dot" />
          <span>{label(o.name)}</span>
        </label>
      ))}
    </div>
  )
}
