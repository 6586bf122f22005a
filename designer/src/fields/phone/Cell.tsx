import { plain } from '../member'
import type { CellProps } from '../props'

export function PhoneCell({ value }: CellProps) {
  const n = plain(value)
  return n === '' ? <span className="muted">—</span> : <a href={`tel:${n.replace(/[^+\d]/g, '')}`}>{n}</a>
}
