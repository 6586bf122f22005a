import { QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, api, at } from './client'
import type { FormInfo, Me, Notice, Page, Rec, RecordEvent, UserRef, ViewInfo } from './types'

/** The cache of everything read. request() retries by itself, so react-query must not. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, staleTime: 15_000, refetchOnWindowFocus: true, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

export const queries = {
  me: () =>
    queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.get<Me>('/me', { signal }), staleTime: 60_000 }),
  form: (form: string) =>
    queryOptions({
      queryKey: ['form', form],
      queryFn: ({ signal }) => api.get<FormInfo>(at`/forms/${form}`, { signal }),
      staleTime: 60_000,
    }),
  view: (view: string) =>
    queryOptions({
      queryKey: ['view', view],
      queryFn: ({ signal }) => api.get<ViewInfo>(at`/views/${view}`, { signal }),
      staleTime: 60_000,
    }),
  record: (form: string, id: string) =>
    queryOptions({
      queryKey: ['record', form, id],
      queryFn: ({ signal }) => api.get<Rec>(at`/forms/${form}/records/${id}`, { signal }),
    }),
  events: (form: string, id: string) =>
    queryOptions({
      queryKey: ['events', form, id],
      queryFn: ({ signal }) => api.get<Page<RecordEvent>>(at`/forms/${form}/records/${id}/events?limit=50`, { signal }),
    }),
  users: (role?: string) =>
    queryOptions({
      queryKey: ['users', role ?? ''],
      queryFn: ({ signal }) => api.get<Page<UserRef>>(role ? at`/users?role=${role}` : '/users', { signal }),
      staleTime: 60_000,
    }),
  notices: () =>
    queryOptions({ queryKey: ['notices'], queryFn: ({ signal }) => api.get<Page<Notice>>('/notices', { signal }) }),
}

/** Who is signed in, and what they may see. */
export function useApiMe() {
  return useQuery(queries.me())
}

/** Like useApiMe below the shell, which renders nothing before it is known. */
export function useMe(): Me {
  const me = useQuery(queries.me()).data
  if (!me) throw new ApiError(401, 'not_signed_in', '')
  return me
}

export function useApiForm(form: string | undefined) {
  return useQuery({ ...queries.form(form ?? ''), enabled: !!form })
}

export function useApiView(view: string) {
  return useQuery(queries.view(view))
}

export function useApiRecord(form: string, id: string) {
  return useQuery(queries.record(form, id))
}

export function useApiEvents(form: string, id: string) {
  return useQuery(queries.events(form, id))
}

export function useApiUsers(role?: string, enabled = true) {
  return useQuery({ ...queries.users(role), enabled })
}

/** Puts a record that a write answered into the cache, and forgets its event list. */
export function useKeepRecord(): (record: Rec) => void {
  const client = useQueryClient()
  return (record) => {
    client.setQueryData(queries.record(record.form, record.id).queryKey, record)
    void client.invalidateQueries({ queryKey: queries.events(record.form, record.id).queryKey })
  }
}
