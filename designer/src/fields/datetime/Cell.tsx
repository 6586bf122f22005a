import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { datetime } from './index'

export function DateTimeCell(p: CellProps) {
  return <PlainCell {...p} member={datetime} />
}
