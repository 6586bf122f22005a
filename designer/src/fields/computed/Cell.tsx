import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { computed } from './index'

export function ComputedCell(p: CellProps) {
  return <PlainCell {...p} member={computed} className="num" />
}
