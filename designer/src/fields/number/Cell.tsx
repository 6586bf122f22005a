import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { number } from './index'

export function NumberCell(p: CellProps) {
  return <PlainCell {...p} member={number} className="num" />
}
