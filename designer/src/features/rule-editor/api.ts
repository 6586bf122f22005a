import { api, at, request } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { Page, Problem, RuleDef } from '@/api/types'
import type { Label } from '@/i18n'

export interface Loaded {
  rule: RuleDef
  /** ETag of the draft; null when there is none. */
  etag: string | null
  live: RuleDef | undefined
}

export interface Complaint extends Problem {
  kind: string
  id: string
}

export interface Checked {
  problems: Complaint[]
  scenarios: {
    passed: number | string[]
    failed: { id: string; name?: Label; step: number; what?: string; want?: string; got?: string }[]
  }
  changes: { kind: string; id: string; zh: string; en: string }[]
}

export interface Release {
  release: string
  number: number
  at: string
  note?: string
  live?: boolean
}

async function orNothing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** Reads the draft of a rule (the live rule when there is none) and the live one. */
export async function load(id: string): Promise<Loaded> {
  const [draft, live] = await Promise.all([
    orNothing(request<RuleDef>('GET', at`/drafts/rule/${id}`)),
    orNothing(api.get<RuleDef>(at`/definitions/rule/${id}`)),
  ])
  const rule = draft?.value ?? live
  if (!rule) throw new ApiError(404, 'unknown_definition', '')
  return { rule, etag: draft?.value ? draft.etag : null, live }
}

/** Saves a draft on top of the one with the ETag, or as the first one. */
export async function save(
  id: string,
  rule: RuleDef,
  etag: string | null,
): Promise<{ etag: string | null; problems: Complaint[] }> {
  const guard = etag === null ? { headers: { 'If-None-Match': '*' } } : { rev: etag }
  const r = await request<{ rev?: number; problems?: Complaint[] }>('PUT', at`/drafts/rule/${id}`, {
    body: rule,
    ...guard,
  })
  const rev = r.value?.rev === undefined ? null : `"${r.value.rev}"`
  return { etag: r.etag ?? rev, problems: r.value?.problems ?? [] }
}

export const drop = (id: string) => api.del<void>(at`/drafts/rule/${id}`)
export const check = () => api.post<Checked>('/drafts/check')
/** Makes all drafts live; the accepted scenarios are recorded anew, because their outcome has changed on purpose. */
export const publish = (note: string, base: string, accept: string[]) =>
  api.post<Release>('/releases', { note, accept, ...(base && { base }) })
export const releases = () => api.get<Page<Release>>('/releases?limit=5')
export const activate = (n: number) => api.post<Release>(at`/releases/${n}/activate`)
