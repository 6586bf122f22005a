import { URGENCY_CHOICES } from '../form/shape'
import type { CellProps } from '../props'
import { SelectCell } from '../select/Cell'

export function UrgencyCell(p: CellProps) {
  return <SelectCell {...p} field={{ ...p.field, options: URGENCY_CHOICES }} />
}
