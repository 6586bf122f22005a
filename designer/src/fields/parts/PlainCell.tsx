import { cx } from '@/lib/cx'
import type { Member } from '../member'
import type { CellProps } from '../props'
import { useFields } from '../setup'

/** A value in one line of plain words. */
export function PlainCell({ field, value, member, className }: CellProps & { member: Member; className?: string }) {
  const { lang } = useFields()
  const text = member.text(value, field, lang)
  return text === '' ? <span className="muted">—</span> : <span className={cx('cell-text', className)}>{text}</span>
}
