import { blank } from '../member'
import type { CellProps } from '../props'

export function TagsCell({ value }: CellProps) {
  if (blank(value) || !Array.isArray(value)) return <span className="muted">—</span>
  return (
    <span className="cell-badges">
      {value.map((v) => (
        <span key={String(v)} className="tag">
          {String(v)}
        </span>
      ))}
    </span>
  )
}
