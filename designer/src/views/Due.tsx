import { useEffect, useReducer } from 'react'
import type { Card } from '@/api/types'
import { texts } from '@/i18n'
import { cx } from '@/lib/cx'
import { type Remaining, remaining } from '@/lib/duration'
import { onMoment } from '@/lib/moments'
import { localMoment, serverNow } from '@/live/clock'
import { Icon } from '@/ui/Icon'
import './due.css'
import en from './en.json'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** What is left of a card's time in its state; renders again exactly when that changes. */
export function useDue(card: Pick<Card, 'due' | 'warn'>): Remaining | undefined {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  const due = card.due ? Date.parse(card.due) : Number.NaN
  const warn = card.warn ? Date.parse(card.warn) : undefined
  const left = Number.isNaN(due) ? undefined : remaining(due, warn, serverNow())
  const next = left?.next
  useEffect(() => (next === undefined ? undefined : onMoment(localMoment(next), tick)), [next])
  return left
}

/** "1小时5分 left", quiet, yellow or red. */
export function Due({ left }: { left: Remaining }) {
  const t = useT()
  const late = left.tone === 'late'
  const { days: d, hours: h, minutes: m } = left
  const time = d ? t('days', { d, h }) : h ? t('hours', { h, m }) : m ? t('minutes', { m }) : ''
  const text = time ? t(late ? 'over' : 'left', { time }) : t(late ? 'overNone' : 'leftNone')
  return (
    <span className={cx('due', `due-${left.tone}`)}>
      <Icon name="clock" size={14} />
      {text}
    </span>
  )
}
