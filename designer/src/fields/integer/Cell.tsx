import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { integer } from './index'

export function IntegerCell(p: CellProps) {
  return <PlainCell {...p} member={integer} className="num" />
}
