import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { queries, useMe } from '@/api/queries'
import type { Rec } from '@/api/types'
import { liveView } from '@/live/live'

/** Reads the record again as soon as a live view of its form tells of a newer revision. */
export function useFresh(record: Rec | undefined, form: string, id: string): void {
  const client = useQueryClient()
  const me = useMe()
  const own = useMemo(() => me.views.filter((v) => v.form === form), [me, form])
  const known = useQueries({ queries: own.map((v) => queries.view(v.id)) })
  // A view without filter tells of the record in every state; lists bring the fewest cards along.
  const all = known.every((q) => !q.isPending)
  const open = known.flatMap((q) => (q.data && !q.data.definition.filter ? [q.data.definition] : []))
  const best = open.find((v) => v.type === 'list') ?? open[0] ?? own[0]
  const view = all ? best?.id : undefined
  const rev = Number(record?.rev ?? 0)
  const ready = rev > 0
  useEffect(() => {
    if (!view || !ready) return
    const live = liveView(view)
    const unwatch = live.board.watch(id)
    const stop = live.use()
    let told = live.board.told(id)
    const look = () => {
      const now = live.board.told(id)
      if (now === told) return
      told = now
      const have = client.getQueryData<Rec>(queries.record(form, id).queryKey)
      if (Number(live.board.card(id)?.rev ?? Number.POSITIVE_INFINITY) <= Number(have?.rev ?? 0)) return
      void client.invalidateQueries({ queryKey: queries.record(form, id).queryKey })
      void client.invalidateQueries({ queryKey: ['events', form, id] })
    }
    const off = live.version.subscribe(look)
    return () => {
      off()
      unwatch()
      stop()
    }
  }, [view, ready, client, form, id])
}
