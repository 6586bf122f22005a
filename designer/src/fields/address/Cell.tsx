import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { address } from './index'

export function AddressCell(p: CellProps) {
  return <PlainCell {...p} member={address} />
}
