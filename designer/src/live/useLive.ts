import { useEffect, useMemo } from 'react'
import { useStore } from '@/lib/store'
import { type LiveView, liveView, socket } from './live'
import type { LiveStatus } from './socket'

/** Follows a view live, without rendering when it changes: for a component whose parts watch it. */
export function useLiveView(id: string, size?: number): LiveView {
  const view = useMemo(() => liveView(id, size), [id, size])
  useEffect(() => view.use(), [view])
  useStore(view.loaded)
  useStore(view.failure)
  return view
}

/**
 * Renders the component again when anything in the view changed, at most once per
 * frame; compare `view.board.group(id)` to know which column.
 */
export function useLiveChanges(view: LiveView): void {
  useStore(view.version)
}

/** Follows a view live and renders with every change. */
export function useLive(id: string, size?: number): LiveView {
  const view = useLiveView(id, size)
  useLiveChanges(view)
  return view
}

/** How fresh the page is. */
export function useLiveStatus(): LiveStatus {
  return useStore(socket.status)
}
