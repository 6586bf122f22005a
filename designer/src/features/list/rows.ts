// Where the rows of a list come from: live in the view's own order, or paged by the server in another.
import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '@/api/client'
import type { Card, Color, Data, FormDef, Json, Page, Rec, ViewDef } from '@/api/types'
import { useLive } from '@/live/useLive'

export interface Row {
  id: string
  no?: string | undefined
  title?: string | undefined
  color?: Color | undefined
  due?: string | undefined
  warn?: string | undefined
  value: (path: string) => Json | undefined
}

export interface Rows {
  rows: Row[]
  total?: number
  loaded: boolean
  more: (() => Promise<unknown>) | undefined
  error: unknown
  sortable: (path: string) => boolean
}

const made = new WeakMap<object, Row>()

function kept<T extends object>(from: T, make: (from: T) => Row): Row {
  let row = made.get(from)
  if (!row) {
    row = make(from)
    made.set(from, row)
  }
  return row
}

function ofCard(card: Card): Row {
  const system: Record<string, Json | undefined> = {
    $no: card.no,
    $id: card.id,
    $state: card.state,
    $entered: card.entered,
  }
  return {
    id: card.id,
    no: card.no,
    title: card.title,
    color: card.color,
    due: card.due,
    warn: card.warn,
    value: (path) => card.values?.[path] ?? system[path],
  }
}

function ofRecord(rec: Rec): Row {
  const system: Record<string, Json | undefined> = {
    $no: rec.no,
    $id: rec.id,
    $state: rec.state,
    $entered: rec.entered,
    $created: rec.created,
    $updated: rec.updated,
    $createdBy: typeof rec.createdBy === 'string' ? rec.createdBy : rec.createdBy?.id,
  }
  const value = (path: string) => (path.startsWith('$') ? system[path] : deep(rec.data, path.split('.')))
  return { id: rec.id, no: rec.no, title: rec.title, due: rec.due, warn: rec.warn, value }
}

/** The value at a path; of line items, the column's values. */
export function deep(from: Json | Data | undefined, path: string[]): Json | undefined {
  if (path.length === 0 || from === undefined || from === null) return from as Json | undefined
  if (Array.isArray(from)) return from.map((row) => deep(row, path) ?? null)
  return typeof from === 'object' ? deep(from[path[0]!], path.slice(1)) : undefined
}

/** How the server calls the order by a path; it can page by number and by time of making, nothing else. */
export function serverSort(form: FormDef | undefined, sort: string): string | undefined {
  const path = sort.replace(/^-/, '')
  const serial = form?.fields.find((f) => f.id === path)?.type === 'serial'
  if (path !== '$created' && path !== '$no' && !serial) return undefined
  return `${sort.startsWith('-') ? '-' : ''}${serial ? '$no' : path}`
}

/** Orders rows that are all here. Numbers by size, text as people expect, what is empty last. */
export function sortRows(rows: Row[], sort: string): Row[] {
  const path = sort.replace(/^-/, '')
  const sign = sort.startsWith('-') ? -1 : 1
  const words = new Intl.Collator(undefined, { numeric: true })
  return [...rows].sort((a, b) => {
    const [x, y] = [a.value(path) ?? '', b.value(path) ?? '']
    if (x === '' || y === '') return Number(x === '') - Number(y === '')
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : words.compare(String(x), String(y)))
  })
}

/**
 * The rows in an order: "" for the view's own, else "path" or "-path". Any column
 * when everything is loaded; else what the server can page by.
 */
export function useRows(view: ViewDef, form: FormDef | undefined, sort: string): Rows {
  const live = useLive(view.id, view.window)
  const group = live.board.group('')
  const whole = live.board.loaded && group.next === null
  const order = serverSort(form, sort)
  const paged = useInfiniteQuery({
    queryKey: ['records', view.form, view.id, order],
    enabled: !!order && !whole,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ sort: order ?? '', limit: '100' })
      if (view.filter) query.set('filter', JSON.stringify(view.filter))
      if (pageParam) query.set('cursor', pageParam)
      return api.get<Page<Rec>>(`/forms/${encodeURIComponent(view.form)}/records?${query}`, { signal })
    },
    getNextPageParam: (page) => page.next || undefined,
  })
  const sortable = (path: string) => whole || serverSort(form, path) !== undefined
  if (order && !whole) {
    const rows = (paged.data?.pages ?? []).flatMap((page) => page.items.map((rec) => kept(rec, ofRecord)))
    const more = paged.hasNextPage && !paged.isFetchingNextPage ? () => paged.fetchNextPage() : undefined
    return { rows, loaded: !!paged.data, more, error: paged.error, sortable }
  }
  const rows = group.ids.flatMap((id) => {
    const card = live.board.card(id)
    return card ? [kept(card, ofCard)] : []
  })
  return {
    rows: sort && whole ? sortRows(rows, sort) : rows,
    total: group.count,
    loaded: live.board.loaded,
    more: group.next ? () => live.more('') : undefined,
    error: live.failure.get(),
    sortable,
  }
}
