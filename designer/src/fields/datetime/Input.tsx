import { cx } from '@/lib/cx'
import { Input } from '@/ui/Field'
import { fromLocal, toLocal } from '../parts/times'
import { bare, type InputProps } from '../props'
import { useFields } from '../setup'

/** Shown and typed by the tenant's clock, kept as an instant. */
export function DateTimeInput(p: InputProps) {
  const { zone } = useFields()
  return (
    <Input
      {...bare(p)}
      type="datetime-local"
      className={cx(p.compact && 'cell-input')}
      readOnly={p.readOnly}
      value={toLocal(p.value, zone)}
      onChange={(e) => p.onChange(fromLocal(e.target.value, zone))}
    />
  )
}
