import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { FieldDef, Json } from '@/api/types'
import { cx } from '@/lib/cx'
import { Badge } from '@/ui/Badge'
import { type Direction, SortHead } from '@/ui/Table'
import { toast } from '@/ui/Toast'
import { Due, useDue } from '@/views/Due'
import type { Shown } from '@/views/display'
import { useNames } from '@/views/names'
import type { Row } from './rows'

export interface ListColumn {
  path: string
  name: string
  width: number
  /** Numbers stand at the right edge, so that their digits line up. */
  numeric: boolean
}

interface Props {
  caption: string
  form: string
  columns: ListColumn[]
  rows: Row[]
  show: (path: string, value: Json | undefined) => Shown
  references: FieldDef[]
  /** Paths that can be sorted by. */
  sortable: (path: string) => boolean
  sort: string
  onSort: (sort: string) => void
  more: (() => Promise<unknown>) | undefined
}

/** A table whose rows are drawn only where they are seen; on phones each row is a small card. */
export function ListRows({ caption, form, columns, rows, show, references, sortable, sort, onSort, more }: Props) {
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => (window.innerWidth < 720 ? 40 + 26 * Math.min(columns.length, 6) : 45),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0

  // The next page is fetched before the end comes into sight.
  const near = !!more && last >= rows.length - 20
  const next = useRef(more)
  next.current = more
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again when rows came and the end is still near
  useEffect(() => {
    if (near) next.current?.().catch((error) => toast.error(error))
  }, [near, rows.length])

  const template = columns.map((c) => `minmax(${c.width}px, ${c.width}fr)`).join(' ')
  const width = columns.reduce((sum, c) => sum + c.width, 0)
  const direction = (path: string): Direction => (sort === path ? 'asc' : sort === `-${path}` ? 'desc' : undefined)
  const turn = (path: string) => onSort(sort === path ? `-${path}` : sort === `-${path}` ? '' : path)

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by transform, which table layout cannot do
    <div ref={scroll} className="list-scroll" role="table" aria-label={caption} aria-rowcount={rows.length + 1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        className="list-row list-names"
        role="row"
        tabIndex={-1}
        style={{ gridTemplateColumns: template, minInlineSize: width }}
      >
        {columns.map((c) => (
          // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above; the button in it takes the focus
          <div
            key={c.path}
            className={c.numeric ? 'list-numeric' : undefined}
            role="columnheader"
            aria-sort={
              { asc: 'ascending' as const, desc: 'descending' as const, none: 'none' as const }[
                direction(c.path) ?? 'none'
              ]
            }
          >
            {sortable(c.path) ? (
              <SortHead name={c.name} direction={direction(c.path)} onSort={() => turn(c.path)} />
            ) : (
              c.name
            )}
          </div>
        ))}
      </div>
      <div className="list-body" style={{ blockSize: virtual.getTotalSize(), minInlineSize: width }}>
        {items.map((item) => {
          const row = rows[item.index]!
          return (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above; the link in it takes the focus
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="row"
              aria-rowindex={item.index + 2}
              className="list-row list-line"
              style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
            >
              <Cells row={row} form={form} columns={columns} show={show} references={references} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Cells({
  row,
  form,
  columns,
  show,
  references,
}: Pick<Props, 'form' | 'columns' | 'show' | 'references'> & { row: Row }) {
  useNames(references, [Object.fromEntries(references.map((f) => [f.id, row.value(f.id) ?? null]))])
  const left = useDue(row)
  const stripe = left?.tone === 'late' ? 'red' : row.color
  return columns.map((c, index) => {
    const shown = show(c.path, row.value(c.path))
    const text = shown.color ? <Badge color={shown.color}>{shown.text}</Badge> : shown.text
    return (
      // biome-ignore lint/a11y/useSemanticElements: rows are placed by transform, which table layout cannot do
      <div
        key={c.path}
        role="cell"
        className={cx('list-cell', c.numeric && 'list-numeric')}
        data-name={c.name}
        data-empty={shown.text ? undefined : ''}
      >
        {index === 0 && stripe && <span className={`list-stripe c-${stripe}`} />}
        {index === 0 ? (
          <Link href={`/forms/${form}/${row.id}`} className="list-link">
            {shown.text || row.title || row.id}
          </Link>
        ) : (
          <span className="list-value">{text}</span>
        )}
        {c.path === '$state' && left && left.tone !== 'calm' && <Due left={left} />}
      </div>
    )
  })
}
