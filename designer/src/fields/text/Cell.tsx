import { PlainCell } from '../parts/PlainCell'
import type { CellProps } from '../props'
import { text } from './index'

export function TextCell(p: CellProps) {
  return <PlainCell {...p} member={text} />
}
