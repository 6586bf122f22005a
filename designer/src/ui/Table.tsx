import type { ReactNode } from 'react'
import { useLang } from '@/i18n'
import { cx } from '@/lib/cx'
import { Icon } from './Icon'
import './table.css'

export type Direction = 'asc' | 'desc' | undefined

/** A plain table in a frame that scrolls sideways by itself. */
export function Table({
  caption,
  head,
  children,
  className,
}: {
  caption: string
  head: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={cx('table-frame', 'panel', className)} aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

/** A column's head that sorts when pressed. */
export function SortHead({ name, direction, onSort }: { name: string; direction: Direction; onSort: () => void }) {
  const zh = useLang() === 'zh'
  const said =
    direction === 'asc' ? (zh ? '，升序' : ', ascending') : direction === 'desc' ? (zh ? '，降序' : ', descending') : ''
  return (
    <button type="button" className="sort-head" onClick={onSort}>
      {name}
      <span className="visually-hidden">{said}</span>
      <span className={cx('sort-arrow', !direction && 'sort-none')}>
        <Icon name={direction === 'asc' ? 'up' : 'down'} size={14} />
      </span>
    </button>
  )
}
