import { useT } from '@/i18n'
import { Skeleton } from '@/ui/State'
import type { ColumnInfo } from './setup'

/** The board's shape before its cards: the real columns when they are known, so that nothing jumps. */
export function Waiting({ columns }: { columns: ColumnInfo[] }) {
  const t = useT()
  const shown = columns.length
    ? columns.map((c) => ({ id: c.id, name: c.name }))
    : ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, name: '' }))
  return (
    <>
      <div className="board-tabs" />
      <div className="board-columns" role="status" aria-label={t('loading')}>
        {shown.map((column, index) => (
          <div key={column.id} className="column c-gray">
            <div className="column-head">
              <span className="column-dot" />
              {column.name ? <h2>{column.name}</h2> : <Skeleton width={96} />}
            </div>
            <div className="column-scroll waiting">
              {[92, 116, 92].slice(0, 3 - (index % 3)).map((height, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are all alike
                <Skeleton key={i} height={height} />
              ))}
            </div>
          </div>
        ))}
      </div>
    </>
  )
}
