import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { scan } from './index'

export function ScanCell(p: CellProps) {
  return <PlainCell {...p} member={scan} className="mono" />
}
