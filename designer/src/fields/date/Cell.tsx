import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { date } from './index'

export function DateCell(p: CellProps) {
  return <PlainCell {...p} member={date} />
}
