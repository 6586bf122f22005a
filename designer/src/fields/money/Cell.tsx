import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { money } from './index'

export function MoneyCell(p: CellProps) {
  return <PlainCell {...p} member={money} className="num" />
}
