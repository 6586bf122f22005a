import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '@/api/errors'
import type { RuleDef } from '@/api/types'
import { type Complaint, type Loaded, save } from './api'

export type SaveState = 'live' | 'saved' | 'saving' | 'unsaved' | 'failed' | 'conflict'

const PAUSE = 700
const RETRY = 5000

/** Saves the draft shortly after each change, one request at a time, each on top of the one before. */
export function useAutosave(loaded: Loaded, rule: RuleDef) {
  const id = loaded.rule.id
  const [state, setState] = useState<SaveState>(loaded.etag === null ? 'live' : 'saved')
  const [problems, setProblems] = useState<Complaint[]>([])
  const etag = useRef(loaded.etag)
  const saved = useRef(loaded.rule)
  const current = useRef(rule)
  current.current = rule
  const going = useRef<Promise<boolean> | null>(null)
  const stopped = useRef(false)

  /** Saves what there is now; true when the server has it. */
  const flush = useCallback(async (): Promise<boolean> => {
    if (going.current) await going.current
    const next = current.current
    if (next === saved.current) return true
    if (stopped.current) return false
    setState('saving')
    going.current = save(id, next, etag.current)
      .then((r) => {
        etag.current = r.etag
        saved.current = next
        setProblems(r.problems)
        setState(current.current === next ? 'saved' : 'unsaved')
        return true
      })
      .catch((error: unknown) => {
        const clash = error instanceof ApiError && (error.status === 412 || error.status === 409)
        stopped.current = clash
        setState(clash ? 'conflict' : 'failed')
        return false
      })
      .finally(() => {
        going.current = null
      })
    return going.current
  }, [id])

  useEffect(() => {
    if (rule === saved.current || stopped.current) return
    setState((s) => (s === 'saving' ? s : 'unsaved'))
    const timer = setTimeout(() => void flush(), PAUSE)
    return () => clearTimeout(timer)
  }, [rule, flush])

  useEffect(() => {
    if (state !== 'failed') return
    const timer = setTimeout(() => void flush(), RETRY)
    return () => clearTimeout(timer)
  }, [state, flush])

  useEffect(() => () => void flush(), [flush])

  return {
    state,
    problems,
    flush,
    /** What stands on the server now is this; null: no draft any more. */
    adopt: (r: RuleDef, tag: string | null) => {
      saved.current = r
      etag.current = tag
      stopped.current = false
      setProblems([])
      setState(tag === null ? 'live' : 'saved')
    },
    /** Saves on top of a draft of somebody else. */
    overwrite: (tag: string | null) => {
      etag.current = tag
      stopped.current = false
      void flush()
    },
  }
}
