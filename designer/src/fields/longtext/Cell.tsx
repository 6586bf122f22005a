import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { longtext } from './index'

export function LongTextCell(p: CellProps) {
  return <PlainCell {...p} member={longtext} className="multi" />
}
