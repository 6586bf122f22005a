import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useT } from '@/i18n'
import { cx } from '@/lib/cx'
import { IconButton } from './Button'
import './dialog.css'

export interface DialogProps {
  title: ReactNode
  onClose: () => void
  children: ReactNode
  /** Buttons at the foot, the main one last. */
  actions?: ReactNode
  /** side: a panel from the right edge. Phones always get a sheet from below. */
  look?: 'middle' | 'side'
  wide?: boolean
  className?: string
}

/**
 * A modal on the browser's own <dialog>: focus stays inside, Esc and a click
 * beside it close, focus returns to where it was. Render it while it is open.
 */
export function Dialog({ title, onClose, children, actions, look = 'middle', wide, className }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const t = useT()

  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click only closes what Esc closes too
    <dialog
      ref={ref}
      className={cx('dialog', `dialog-${look}`, wide && 'dialog-wide', className)}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose()
      }}
    >
      <div className="dialog-box">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t('close')} onClick={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {actions && <footer className="dialog-foot">{actions}</footer>}
      </div>
    </dialog>
  )
}

/** A panel from the right on wide screens, from below on phones. */
export function Sheet(props: Omit<DialogProps, 'look'>) {
  return <Dialog {...props} look="side" />
}
