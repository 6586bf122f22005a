import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { boolean } from './index'

export function BooleanCell(p: CellProps) {
  return <PlainCell {...p} member={boolean} />
}
