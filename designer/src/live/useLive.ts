import { useEffect, useMemo } from 'react'
import { useStore } from '@/lib/store'
import { type LiveView, liveView, socket } from './live'
import type { LiveStatus } from './socket'

/**
 * Follows a view live. The component renders again when anything in it changed,
 * at most once per frame; compare `view.board.group(id)` to know which column.
 */
export function useLive(id: string, size?: number): LiveView {
  const view = useMemo(() => liveView(id, size), [id, size])
  useEffect(() => view.use(), [view])
  useStore(view.version)
  useStore(view.failure)
  return view
}

/** How fresh the page is. */
export function useLiveStatus(): LiveStatus {
  return useStore(socket.status)
}
