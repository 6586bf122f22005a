import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { queries, useMe } from '@/api/queries'
import type { Rec } from '@/api/types'
import { liveView } from '@/live/live'

/** Reads the record again as soon as a live view of its form tells of a newer revision. */
export function useFresh(record: Rec | undefined, form: string, id: string): void {
  const client = useQueryClient()
  const me = useMe()
  const rev = Number(record?.rev ?? 0)
  const view = useMemo(() => {
    const own = me.views.filter((v) => v.form === form)
    return own.find((v) => v.type === 'board') ?? own[0]
  }, [me, form])
  useEffect(() => {
    if (!view || rev === 0) return
    const live = liveView(view.id)
    const stop = live.use()
    const look = () => {
      const seen = live.board.card(id)?.rev
      if (seen === undefined || seen <= rev) return
      void client.invalidateQueries({ queryKey: queries.record(form, id).queryKey })
      void client.invalidateQueries({ queryKey: ['events', form, id] })
    }
    look()
    const off = live.version.subscribe(look)
    return () => {
      off()
      stop()
    }
  }, [view, rev, client, form, id])
}
