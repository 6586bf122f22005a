import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { serial } from './index'

export function SerialCell(p: CellProps) {
  return <PlainCell {...p} member={serial} className="mono" />
}
