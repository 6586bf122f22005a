import { useDroppable } from '@dnd-kit/core'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { useLiveChanges } from '@/live/useLive'
import { Column, type Reach } from './Column'
import { type ColumnInfo, useBoard } from './setup'
import { useT } from './texts'

interface Props {
  columns: ColumnInfo[]
  words: string[]
  reach: (column: string) => Reach
  /** The dragged card's id. */
  held: string | undefined
}

/**
 * The columns side by side; on phones one fills the screen, swiped sideways or
 * chosen by tab. This watches the live view; a column renders only when its group changed.
 */
export const ColumnTabs = memo(function ColumnTabs({ columns, words, reach, held }: Props) {
  const { live } = useBoard()
  useLiveChanges(live)
  const t = useT()
  const strip = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState(0)

  useEffect(() => {
    const element = strip.current
    if (!element) return
    let frame = 0
    const look = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => {
        const width = element.firstElementChild?.getBoundingClientRect().width ?? 1
        setCurrent(Math.max(0, Math.round(element.scrollLeft / width)))
      })
    }
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      element.removeEventListener('scroll', look)
    }
  }, [])

  const jump = useCallback((index: number) => {
    const element = strip.current
    const column = element?.children[index]
    if (element && column)
      element.scrollTo({ left: (column as HTMLElement).offsetLeft - element.offsetLeft, behavior: 'smooth' })
  }, [])

  return (
    <>
      <nav className="board-tabs" aria-label={t('columns')}>
        {columns.map((column, index) => (
          <ColumnTab
            key={column.id}
            column={column}
            on={index === current}
            index={index}
            count={live.board.group(column.id).count}
            reach={reach(column.id)}
            onJump={jump}
          />
        ))}
      </nav>
      <div ref={strip} className="board-columns">
        {columns.map((column) => (
          <Column
            key={column.id}
            column={column}
            group={live.board.group(column.id)}
            words={words}
            reach={reach(column.id)}
            held={held}
          />
        ))}
      </div>
    </>
  )
})

interface TabProps {
  column: ColumnInfo
  index: number
  count: number
  on: boolean
  reach: Reach
  onJump: (index: number) => void
}

const ColumnTab = memo(function ColumnTab({ column, index, count, on, reach, onJump }: TabProps) {
  const { setNodeRef, isOver } = useDroppable({ id: `tab:${column.id}` })
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!on) return
    const tab = button.current
    const bar = tab?.parentElement
    if (tab && bar && bar.scrollWidth > bar.clientWidth)
      bar.scrollTo({
        left: tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.clientWidth) / 2,
        behavior: 'smooth',
      })
  }, [on])
  return (
    <button
      type="button"
      ref={(element) => {
        button.current = element
        setNodeRef(element)
      }}
      className={cx('board-tab', `c-${column.color}`, reach === 'no' && 'column-closed', isOver && 'column-over')}
      aria-current={on || undefined}
      onClick={() => onJump(index)}
    >
      <span className="column-dot" />
      {column.name}
      <span className="board-tab-count">{count}</span>
    </button>
  )
})
