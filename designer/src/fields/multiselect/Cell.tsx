import { blank } from '../member'
import type { CellProps } from '../props'
import { SelectCell } from '../select/Cell'

export function MultiSelectCell({ field, value }: CellProps) {
  if (blank(value) || !Array.isArray(value)) return <span className="muted">—</span>
  return (
    <span className="cell-badges">
      {value.map((v) => (
        <SelectCell key={String(v)} field={field} value={v} />
      ))}
    </span>
  )
}
