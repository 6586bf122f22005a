import { useState } from 'react'
import { cx } from '@/lib/cx'
import { Input } from '@/ui/Field'
import { plain } from '../member'
import { bare, type InputProps } from '../props'
import { groupDigits, readNumber } from './numbers'

/**
 * A number. What is typed stays as typed until the box is left ("1." is not
 * corrected to "1"); the value given on is the number, or the text when it is none.
 */
export function NumberBox({
  prefix,
  suffix,
  whole,
  ...p
}: InputProps & { prefix?: string; suffix?: string | undefined; whole?: boolean }) {
  const [typed, setTyped] = useState<string | null>(null)
  const shown = typed ?? (typeof p.value === 'number' && p.readOnly ? groupDigits(p.value) : plain(p.value))
  const box = (
    <Input
      {...bare(p)}
      className={cx('number-input', p.compact && 'cell-input')}
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      readOnly={p.readOnly}
      value={shown}
      onChange={(e) => {
        setTyped(e.target.value)
        p.onChange(readNumber(e.target.value))
      }}
      onBlur={() => {
        setTyped(null)
        p.onBlur?.()
      }}
    />
  )
  if (p.compact || (!prefix && !suffix)) return box
  return (
    <span className="affix">
      {prefix && <span className="affix-before">{prefix}</span>}
      {box}
      {suffix && <span className="affix-after">{suffix}</span>}
    </span>
  )
}
