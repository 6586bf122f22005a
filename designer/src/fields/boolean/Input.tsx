import type { InputProps } from '../props'
import { useT } from '../texts'

/** Yes, no, or not answered: three are needed because "no" is an answer. */
export function BooleanInput(p: InputProps) {
  const t = useT()
  if (p.compact) {
    return (
      <input
        id={p.id}
        type="checkbox"
        className="cell-check"
        aria-label={p['aria-label']}
        checked={p.value === true}
        disabled={p.readOnly}
        onBlur={p.onBlur}
        onChange={(e) => p.onChange(e.target.checked)}
      />
    )
  }
  return (
    <div
      className="segments"
      role="radiogroup"
      id={p.id}
      aria-label={p['aria-label']}
      aria-describedby={p['aria-describedby']}
    >
      {[true, false].map((choice) => (
        <label key={String(choice)} className="segment">
          <input
            type="radio"
            name={p.id}
            checked={p.value === choice}
            disabled={p.readOnly}
            onBlur={p.onBlur}
            onChange={() => p.onChange(choice)}
            onClick={() => !p.required && p.value === choice && p.onChange(null)}
          />
          <span>{t(choice ? 'yes' : 'no')}</span>
        </label>
      ))}
    </div>
  )
}
