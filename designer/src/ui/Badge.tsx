import type { ReactNode } from 'react'
import type { Color } from '@/api/types'
import { cx } from '@/lib/cx'
import './badge.css'

/** A quiet coloured word: a choice, a state. */
export function Badge({
  color = 'gray',
  children,
  dot,
  className,
}: {
  color?: Color | undefined
  children: ReactNode
  dot?: boolean
  className?: string
}) {
  return (
    <span className={cx('badge', `c-${color}`, className)}>
      {dot && <span className="badge-dot" />}
      {children}
    </span>
  )
}

/** A number in a pill, as on a tab or a column's head; 999+ above that. */
export function Count({ n, tone }: { n: number; tone?: 'over' | 'accent' }) {
  return <span className={cx('count', tone && `count-${tone}`)}>{n > 999 ? '999+' : n}</span>
}
