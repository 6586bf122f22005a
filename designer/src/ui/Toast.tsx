import { useEffect } from 'react'
import { sentence } from '@/api/errors'
import { useT } from '@/i18n'
import { createStore, useStore } from '@/lib/store'
import { IconButton } from './Button'
import { Icon } from './Icon'
import './toast.css'

export interface ToastItem {
  id: number
  kind: 'ok' | 'error'
  text: string
  title?: string
  action?: { text: string; run: () => void }
  /** Stays until somebody closes it. */
  stays?: boolean
}

const toasts = createStore<ToastItem[]>([])
let count = 0

function show(item: Omit<ToastItem, 'id'>): void {
  const same = toasts.get().filter((t) => t.text !== item.text)
  toasts.set([...same, { ...item, id: ++count }].slice(-3))
}

function drop(id: number): void {
  toasts.set(toasts.get().filter((t) => t.id !== id))
}

/** A short message at the screen's foot: `toast.ok(t('saved'))`, `toast.error(error, 'title?')`. */
export const toast = {
  ok: (text: string, action?: ToastItem['action']) => show({ kind: 'ok', text, ...(action ? { action } : {}) }),
  /** One whose action is wanted later too, such as taking back what everybody works with. */
  lasting: (text: string, action: ToastItem['action']) =>
    show({ kind: 'ok', text, stays: true, ...(action ? { action } : {}) }),
  /** What was thrown, in the server's words. */
  error: (error: unknown, title?: string) =>
    show({ kind: 'error', text: typeof error === 'string' ? error : sentence(error), ...(title ? { title } : {}) }),
}

/** Where toasts appear; rendered once, by the shell. */
export function Toasts() {
  const items = useStore(toasts)
  const t = useT()
  return (
    <section className="toasts" aria-label={t('notifications')} aria-live="polite">
      {items.map((item) => (
        <ToastLine key={item.id} item={item} />
      ))}
    </section>
  )
}

function ToastLine({ item }: { item: ToastItem }) {
  const t = useT()
  useEffect(() => {
    if (item.stays) return
    const timer = setTimeout(drop, item.kind === 'error' || item.action ? 9000 : 4000, item.id)
    return () => clearTimeout(timer)
  }, [item])
  return (
    <div className={`toast toast-${item.kind}`}>
      <Icon name={item.kind === 'error' ? 'warn' : 'check'} />
      <div className="toast-text">
        {item.title && <strong>{item.title}</strong>}
        <span>{item.text}</span>
      </div>
      {item.action && (
        <button
          type="button"
          className="toast-action"
          onClick={() => {
            drop(item.id)
            item.action?.run()
          }}
        >
          {item.action.text}
        </button>
      )}
      <IconButton icon="close" small label={t('dismiss')} onClick={() => drop(item.id)} />
    </div>
  )
}
