import { useCallback, useEffect, useRef, useState } from 'react'
import type { Data } from '@/fields/form'
import { type Draft, readDraft, writeDraft } from './draft'

const PAUSE = 400

/** Keeps what is typed on this device: shortly after each change, and at once when the page goes away. */
export function useDraft(key: string) {
  const [found] = useState<Draft | null>(() => readDraft(key))
  const [saved, setSaved] = useState(found !== null)
  const pending = useRef<Draft | null>(null)
  const current = useRef<Draft | null>(found)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const flush = useCallback(() => {
    clearTimeout(timer.current)
    if (!pending.current) return
    writeDraft(key, pending.current)
    pending.current = null
    setSaved(true)
  }, [key])

  useEffect(() => {
    const hide = () => flush()
    window.addEventListener('pagehide', hide)
    document.addEventListener('visibilitychange', hide)
    return () => {
      window.removeEventListener('pagehide', hide)
      document.removeEventListener('visibilitychange', hide)
      flush()
    }
  }, [flush])

  const keep = useCallback(
    (data: Data, sent?: Draft['sent']) => {
      const draft: Draft = { data, at: Date.now() }
      const was = sent ?? current.current?.sent
      if (was) draft.sent = was
      current.current = draft
      pending.current = draft
      setSaved(false)
      clearTimeout(timer.current)
      timer.current = setTimeout(flush, PAUSE)
    },
    [flush],
  )

  const forget = useCallback(() => {
    clearTimeout(timer.current)
    pending.current = null
    current.current = null
    writeDraft(key, null)
    setSaved(false)
  }, [key])

  return { found, saved, sent: () => current.current?.sent, keep, flush, forget }
}
