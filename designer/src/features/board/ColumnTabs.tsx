import { useDroppable } from '@dnd-kit/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import type { Reach } from './Column'
import { type ColumnInfo, useBoard } from './setup'
import { useT } from './texts'

/** The columns side by side; on phones one fills the screen, swiped sideways or chosen by tab. */
export function ColumnTabs({
  columns,
  reach,
  children,
}: {
  columns: ColumnInfo[]
  reach: (column: string) => Reach
  children: ReactNode
}) {
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

  const jump = (index: number) => {
    const element = strip.current
    const column = element?.children[index]
    if (element && column)
      element.scrollTo({ left: (column as HTMLElement).offsetLeft - element.offsetLeft, behavior: 'smooth' })
  }

  return (
    <>
      <nav className="board-tabs" aria-label={t('columns')}>
        {columns.map((column, index) => (
          <ColumnTab
            key={column.id}
            column={column}
            on={index === current}
            reach={reach(column.id)}
            onClick={() => jump(index)}
          />
        ))}
      </nav>
      <div ref={strip} className="board-columns">
        {children}
      </div>
    </>
  )
}

function ColumnTab({
  column,
  on,
  reach,
  onClick,
}: {
  column: ColumnInfo
  on: boolean
  reach: Reach
  onClick: () => void
}) {
  const { live } = useBoard()
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
      onClick={onClick}
    >
      <span className="column-dot" />
      {column.name}
      <span className="board-tab-count">{live.board.group(column.id).count}</span>
    </button>
  )
}
