import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { Icon, type IconName } from './Icon'
import './menu.css'

export interface MenuItem {
  id: string
  text: ReactNode
  icon?: IconName
  /** A dot in a definition's colour before the text. */
  color?: string | undefined
  /** A quiet second line, such as why it is not possible. */
  note?: ReactNode
  disabled?: boolean
  checked?: boolean
  danger?: boolean
  onSelect: () => void
}

export interface MenuProps {
  /** Title over the items; also the menu's name for screen readers. */
  title: string
  /** A function is called when the menu opens, so that a thousand closed menus cost nothing. */
  items: MenuItem[] | (() => MenuItem[])
  /** The button that opens it: `(props) => <IconButton {...props} icon="more" label="…" />`. */
  button: (props: {
    onClick: () => void
    'aria-haspopup': 'menu'
    'aria-expanded': boolean
    'aria-controls': string | undefined
  }) => ReactNode
}

/** A menu in the top layer beside its button; a sheet from below on phones. Arrow keys, Home, End, Esc. */
export function Menu({ title, items, button }: MenuProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <span ref={anchor} className="menu-anchor">
      {button({
        onClick: () => setOpen((was) => !was),
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-controls': open ? id : undefined,
      })}
      {open && (
        <MenuList
          id={id}
          title={title}
          items={typeof items === 'function' ? items() : items}
          anchor={anchor}
          onClose={() => setOpen(false)}
        />
      )}
    </span>
  )
}

function MenuList({
  id,
  title,
  items,
  anchor,
  onClose,
}: {
  id: string
  title: string
  items: MenuItem[]
  anchor: React.RefObject<HTMLElement | null>
  onClose: () => void
}) {
  const ref = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose

  useLayoutEffect(() => {
    const list = ref.current
    const from = anchor.current?.firstElementChild
    if (!list || !from) return
    list.showPopover?.()
    place(list, from.getBoundingClientRect())
    focusable(list)[0]?.focus()
    return () => {
      if (list.contains(document.activeElement) && from instanceof HTMLElement) from.focus()
    }
  }, [anchor])

  useEffect(() => {
    const away = (event: Event) => {
      if (
        event.target instanceof Node &&
        (ref.current?.contains(event.target) || anchor.current?.contains(event.target))
      )
        return
      close.current()
    }
    const gone = () => close.current()
    document.addEventListener('pointerdown', away, true)
    window.addEventListener('resize', gone)
    return () => {
      document.removeEventListener('pointerdown', away, true)
      window.removeEventListener('resize', gone)
    }
  }, [anchor])

  return (
    <div
      ref={ref}
      id={id}
      role="menu"
      tabIndex={-1}
      aria-label={title}
      popover="manual"
      className="menu"
      onKeyDown={(e) => keys(e, onClose)}
    >
      <div className="menu-title" aria-hidden="true">
        {title}
      </div>
      {items.map((item) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: aria-checked is given to menuitemradio only
        <button
          key={item.id}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          aria-disabled={item.disabled || undefined}
          tabIndex={-1}
          className={cx('menu-item', item.danger && 'menu-danger')}
          onClick={() => {
            if (item.disabled) return
            onClose()
            item.onSelect()
          }}
        >
          {item.color && <span className={`menu-dot c-${item.color}`} />}
          {item.icon && <Icon name={item.icon} size={18} />}
          <span className="menu-text">
            {item.text}
            {item.note && <span className="menu-note">{item.note}</span>}
          </span>
          {item.checked && <Icon name="check" size={18} />}
        </button>
      ))}
    </div>
  )
}

function focusable(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('.menu-item')]
}

function keys(event: KeyboardEvent<HTMLDivElement>, onClose: () => void): void {
  event.stopPropagation()
  if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault()
    onClose()
    return
  }
  const all = focusable(event.currentTarget)
  const now = all.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  all[(to + all.length) % all.length]?.focus()
}

/** Beside the button, inside the window; phones are placed by CSS. */
function place(list: HTMLElement, from: DOMRect): void {
  if (window.innerWidth < 720) return
  const { width, height } = list.getBoundingClientRect()
  const left = Math.max(8, Math.min(from.right - width, window.innerWidth - width - 8))
  const below = from.bottom + 4
  const top = below + height > window.innerHeight - 8 ? Math.max(8, from.top - height - 4) : below
  list.style.left = `${left}px`
  list.style.top = `${top}px`
}
