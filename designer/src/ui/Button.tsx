import type { ButtonHTMLAttributes, Ref } from 'react'
import { cx } from '@/lib/cx'
import './button.css'
import { Icon, type IconName } from './Icon'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** primary: the one thing to do here. plain (default): outlined. quiet: no frame. danger: destroys. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  icon?: IconName
  /** While true the button keeps its width, shows a spinner and cannot be pressed. */
  busy?: boolean
  small?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({
  look = 'plain',
  icon,
  busy,
  small,
  className,
  children,
  type,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'button',
        `button-${look}`,
        icon && 'button-with-icon',
        small && 'button-small',
        busy && 'button-busy',
        className,
      )}
    >
      {icon && <Icon name={icon} size={18} />}
      {children !== undefined && <span className="button-text">{children}</span>}
    </button>
  )
}

/** A square button with only an icon; `label` is read aloud and shown as a tooltip. */
export function IconButton({
  label,
  icon,
  className,
  ...rest
}: Omit<ButtonProps, 'children'> & { label: string; icon: IconName }) {
  return (
    <Button
      look="quiet"
      {...rest}
      icon={icon}
      aria-label={label}
      title={label}
      className={cx('button-icon', className)}
    />
  )
}
