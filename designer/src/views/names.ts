// Names of the records that reference fields point to. A card carries ids; the
// names of all that are on the screen are asked for together and kept.
import { useEffect, useMemo } from 'react'
import { api } from '@/api/client'
import type { Card, FieldDef, FormDef, Json, Page, Rec } from '@/api/types'
import { createStore, useStore } from '@/lib/store'

const most = 100 // ids in one question

/** "form/id" → name; "" while it is not known or may not be read. */
const names = createStore<ReadonlyMap<string, string>>(new Map())
const asked = new Set<string>()
const waiting = new Map<string, Set<string>>()
let scheduled = false

function keep(form: string, items: Pick<Rec, 'id' | 'title' | 'no'>[]): void {
  const next = new Map(names.get())
  for (const rec of items) next.set(`${form}/${rec.id}`, rec.title || rec.no || rec.id)
  names.set(next)
}

async function ask(form: string, ids: string[]): Promise<void> {
  const filter = { combinator: 'and', rules: [{ field: '$id', operator: 'in', value: ids }] }
  const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: String(most) })
  try {
    // The server looks at so many records per request and says where to go on.
    for (let pages = 0, found = 0; pages < 5 && found < ids.length; pages++) {
      const page = await api.get<Page<Rec>>(`/forms/${encodeURIComponent(form)}/records?${query}`)
      keep(form, page.items)
      found += page.items.length
      if (!page.next) break
      query.set('cursor', page.next)
    }
  } catch {
    // not readable for this person: the field stays empty rather than showing an id
  }
}

function flush(): void {
  scheduled = false
  for (const [form, ids] of waiting) {
    const all = [...ids]
    for (let i = 0; i < all.length; i += most) void ask(form, all.slice(i, i + most))
  }
  waiting.clear()
}

function want(form: string, id: string): void {
  const key = `${form}/${id}`
  if (asked.has(key)) return
  asked.add(key)
  const ids = waiting.get(form) ?? new Set()
  waiting.set(form, ids.add(id))
  if (scheduled) return
  scheduled = true
  setTimeout(flush, 30)
}

/** Forgets all names: somebody else signs in. */
export function forgetNames(): void {
  asked.clear()
  waiting.clear()
  names.set(new Map())
}

/** The reference fields among some paths of a form. */
export function referencesOf(form: FormDef | undefined, paths: readonly string[]): FieldDef[] {
  return form?.fields.filter((f) => f.type === 'reference' && paths.includes(f.id)) ?? []
}

/** Asks for the names that some values need. */
export function useNames(fields: FieldDef[], values: Iterable<Card['values']>): void {
  useEffect(() => {
    if (fields.length === 0) return
    for (const value of values) {
      for (const field of fields) {
        const id = value[field.id]
        if (typeof id === 'string' && id && field.form) want(field.form, id)
      }
    }
  })
}

/** Looks a name up: `name(field, id)`. The function changes when more names are known. */
export function useNameOf(): (field: FieldDef, id: Json) => string {
  const known = useStore(names)
  return useMemo(() => (field, id) => known.get(`${field.form}/${String(id)}`) ?? '', [known])
}
