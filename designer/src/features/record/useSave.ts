import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, api, at } from '@/api/client'
import { queries, useKeepRecord } from '@/api/queries'
import type { FormInfo, Rec } from '@/api/types'
import type { Data } from '@/fields/form'
import { type Conflict, conflicts, patchOf, resolved } from './merge'

/** Two people changed the same places: theirs is what is stored now. */
export interface Clash {
  theirs: Rec
  patch: Data
  list: Conflict[]
}

/**
 * Saves an edit with If-Match. When somebody was faster, changes to other
 * places are merged without asking; changes to the same places come back as a clash.
 */
export function useSave(record: Rec, info: FormInfo, onSaved: () => void, onRefused: (error: ApiError) => void) {
  const client = useQueryClient()
  const keep = useKeepRecord()
  const [busy, setBusy] = useState(false)
  const [clash, setClash] = useState<Clash | null>(null)
  const path = at`/forms/${record.form}/records/${record.id}`

  const write = async (patch: Data, rev: Rec['rev'], tries = 3): Promise<void> => {
    if (Object.keys(patch).length === 0) return onSaved()
    try {
      keep(await api.patch<Rec>(path, patch, { rev }))
      await client.invalidateQueries({ queryKey: ['events', record.form, record.id] })
      onSaved()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status !== 412 || tries === 0) return onRefused(error)
      const theirs = (error.current as Rec | undefined) ?? (await api.get<Rec>(path))
      client.setQueryData(queries.record(record.form, record.id).queryKey, theirs)
      const list = conflicts(record.data as Data, theirs.data as Data, patch)
      if (list.length > 0) setClash({ theirs, patch, list })
      else await write(patch, theirs.rev, tries - 1)
    }
  }

  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    try {
      await work()
    } finally {
      setBusy(false)
    }
  }

  return {
    busy,
    clash,
    /** `record` is the one that the edit began with. */
    save: (data: Data) => {
      const writable = info.definition.fields.filter((f) => f.type !== 'computed' && f.type !== 'serial' && !f.readOnly)
      const ids = writable
        .map((f) => f.id)
        .filter((id) => !info.access.hidden?.includes(id) && !info.access.locked?.includes(id))
      return run(() => write(patchOf(record.data as Data, data, ids), record.rev))
    },
    resolve: (theirs: ReadonlySet<string>) => {
      const c = clash
      setClash(null)
      return c ? run(() => write(resolved(c.patch, theirs), c.theirs.rev)) : Promise.resolve()
    },
    giveUp: () => setClash(null),
  }
}
