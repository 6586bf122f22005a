import { useDroppable } from '@dnd-kit/core'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import type { Group } from '@/live/board'
import { Count } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { DraggableCard } from './CardView'
import { fits } from './filter'
import { type ColumnInfo, useBoard } from './setup'
import { useT } from './texts'

export type Reach = 'free' | 'yes' | 'no'

interface Props {
  column: ColumnInfo
  group: Group
  words: string[]
  /** While a card is dragged: whether it can land here. */
  reach: Reach
  /** The dragged card's id, which must stay mounted. */
  held: string | undefined
}

/** One group: its head with the count, its cards drawn only where they are seen. */
export const Column = memo(function Column({ column, group, words, reach, held }: Props) {
  const t = useT()
  const { live } = useBoard()
  const { setNodeRef, isOver } = useDroppable({ id: column.id })
  const over = column.limit !== undefined && column.limit > 0 && group.count > column.limit
  return (
    <section
      ref={setNodeRef}
      className={cx(
        'column',
        `c-${column.color}`,
        reach === 'no' && 'column-closed',
        reach === 'yes' && 'column-open',
        isOver && reach === 'yes' && 'column-over',
      )}
      aria-label={column.name}
      data-column={column.id}
    >
      <header className="column-head">
        <span className="column-dot" />
        <h2>{column.name}</h2>
        {column.limit ? <span className="column-limit">{t('limit', { n: column.limit })}</span> : null}
        <Count n={group.count} {...(over ? { tone: 'over' as const } : {})} />
      </header>
      <Cards group={group} words={words} held={held} onMore={() => live.more(column.id)} />
    </section>
  )
})

function Cards({
  group,
  words,
  held,
  onMore,
}: {
  group: Group
  words: string[]
  held: string | undefined
  onMore: () => Promise<void>
}) {
  const t = useT()
  const { live, show, view } = useBoard()
  const { board } = live
  const scroll = useRef<HTMLDivElement>(null)
  const [busy, setBusy] = useState(false)
  const ids = words.length === 0 ? group.ids : group.ids.filter((id) => fits(board.card(id)!, words, show))
  // A new function would make the list measure all its items anew, with every change of one card.
  const keyOf = useCallback((index: number) => ids[index] ?? index, [ids])
  const heldAt = held === undefined ? -1 : ids.indexOf(held)

  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 64 + 22 * (view.card?.fields?.length ?? 0) + (view.card?.badges?.length ? 28 : 0),
    getItemKey: keyOf,
    gap: 8,
    overscan: 4,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const indexes = defaultRangeExtractor(range)
        return heldAt < 0 || indexes.includes(heldAt) ? indexes : [...indexes, heldAt].sort((a, b) => a - b)
      },
      [heldAt],
    ),
  })

  const more = async () => {
    setBusy(true)
    try {
      await onMore()
    } catch (error) {
      toast.error(error)
    }
    setBusy(false)
  }

  return (
    <div ref={scroll} className="column-scroll">
      <div className="column-cards" style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const card = board.card(ids[item.index]!)
          if (!card) return null
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="column-slot"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <DraggableCard card={card} pending={board.pending(card.id)} />
            </div>
          )
        })}
      </div>
      {ids.length === 0 && <p className="column-empty">{t(words.length ? 'noHits' : 'emptyColumn')}</p>}
      {group.next && (
        <Button look="quiet" small className="column-more" busy={busy} onClick={() => void more()}>
          {t('loadMore', { n: group.ids.length })}
        </Button>
      )}
    </div>
  )
}
