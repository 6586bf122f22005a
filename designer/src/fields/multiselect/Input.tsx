import { useLabel } from '@/i18n'
import { offered } from '../parts/choices'
import type { InputProps } from '../props'

/** Chips to switch on and off, kept in the author's order. */
export function MultiSelectInput(p: InputProps) {
  const label = useLabel()
  const chosen = Array.isArray(p.value) ? p.value.map(String) : []
  const options = offered(p.field, chosen)
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]
    p.onChange(options.map((o) => o.id).filter((o) => next.includes(o)))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: the fieldset is around it
    <div className="chips" role="group" id={p.id} aria-label={p['aria-label']} aria-describedby={p['aria-describedby']}>
      {options.map((o) => (
        <label key={o.id} className={`chip c-${o.color ?? 'gray'}`}>
          <input
            type="checkbox"
            checked={chosen.includes(o.id)}
            disabled={p.readOnly}
            onBlur={p.onBlur}
            onChange={() => toggle(o.id)}
          />
          <span>{label(o.name, o.id)}</span>
        </label>
      ))}
    </div>
  )
}
