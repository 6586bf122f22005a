import { useLabel } from '@/i18n'
import { Table } from '@/ui/Table'
import { cells } from '../cells'
import { blank } from '../member'
import type { CellProps } from '../props'
import { usePhone } from './Input'
import { linesOf } from './index'

/** The lines as a table to read; cards on phones. */
export function LinesCell({ field, value }: CellProps) {
  const label = useLabel()
  const phone = usePhone()
  const lines = linesOf(value)
  // A column that no line fills says nothing.
  const columns = (field.fields ?? []).filter((c) => lines.some((line) => !blank(line[c.id])))
  if (lines.length === 0) return <span className="muted">—</span>
  if (phone) {
    return (
      <div className="line-cards">
        {lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and only change as a whole here
          <dl key={i} className="line-read panel">
            {columns.map((c) => {
              const Cell = cells[c.type]
              return (
                <div key={c.id}>
                  <dt>{label(c.name, c.id)}</dt>
                  <dd>
                    <Cell field={c} value={line[c.id]} />
                  </dd>
                </div>
              )
            })}
          </dl>
        ))}
      </div>
    )
  }
  const head = columns.map((c) => (
    <th key={c.id} className={`line-${c.type}`}>
      {label(c.name, c.id)}
    </th>
  ))
  return (
    <Table caption={label(field.name, field.id)} head={head} className="line-read-table">
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <tr key={i}>
          {columns.map((c) => {
            const Cell = cells[c.type]
            return (
              <td key={c.id} className={`line-${c.type}`}>
                <Cell field={c} value={line[c.id]} />
              </td>
            )
          })}
        </tr>
      ))}
    </Table>
  )
}
