import type { HTMLInputTypeAttribute, InputHTMLAttributes } from 'react'
import { cx } from '@/lib/cx'
import { Input } from '@/ui/Field'
import { plain } from '../member'
import { bare, type InputProps } from '../props'

type Extra = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'inputMode' | 'autoComplete' | 'enterKeyHint' | 'maxLength' | 'spellCheck' | 'autoCapitalize' | 'placeholder'
>

/** A line of text whose value is the text itself, or null when it is empty. */
export function TextBox({
  type = 'text',
  extra,
  className,
  ...p
}: InputProps & { type?: HTMLInputTypeAttribute; extra?: Extra; className?: string }) {
  return (
    <Input
      {...bare(p)}
      {...extra}
      type={type}
      className={cx(p.compact && 'cell-input', className)}
      readOnly={p.readOnly}
      value={plain(p.value)}
      onChange={(e) => p.onChange(e.target.value === '' ? null : e.target.value)}
    />
  )
}
