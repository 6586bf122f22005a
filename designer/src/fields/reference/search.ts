import { useQuery } from '@tanstack/react-query'
import { api, at } from '@/api/client'
import { useApiForm, useApiRecord } from '@/api/queries'
import type { Condition, FormDef, Page, Rec } from '@/api/types'

/** The condition under which a record of the form is found by typed text: its number or its title has it. */
export function filterFor(form: FormDef, text: string): Condition | undefined {
  const q = text.trim()
  if (q === '') return undefined
  const title = form.fields.find((f) => f.id === form.title)
  const texts = title && ['text', 'phone', 'scan', 'longtext'].includes(title.type) ? [title.id] : []
  const number = form.fields.some((f) => f.type === 'serial') ? ['$no'] : []
  const rules: Condition[] = [...number, ...texts].map((field) => ({ field, operator: 'contains', value: q }))
  return { combinator: 'or', rules: rules.length > 0 ? rules : [{ field: '$id', operator: 'beginsWith', value: q }] }
}

/** Records of a form that match the text, newest first. */
export function useRecordSearch(form: string | undefined, text: string, enabled: boolean) {
  const info = useApiForm(form)
  const filter = info.data && filterFor(info.data.definition, text)
  const query = filter ? `&filter=${encodeURIComponent(JSON.stringify(filter))}` : ''
  return useQuery({
    queryKey: ['search', form, text.trim()],
    queryFn: ({ signal }) =>
      api.get<Page<Rec>>(`${at`/forms/${form ?? ''}/records`}?limit=20&sort=-$created${query}`, { signal }),
    enabled: enabled && !!form && !!info.data,
    staleTime: 10_000,
    placeholderData: (before) => before,
  })
}

/** How a record is called: its title and number. */
export function recordName(r: Pick<Rec, 'id' | 'no' | 'title'>): string {
  return [r.title, r.no].filter((t, i, all) => t && all.indexOf(t) === i).join(' · ') || r.id
}

/** The name of the record that a value refers to; the id until it is known. */
export function useReferenceName(form: string | undefined, id: string): string {
  const r = useApiRecord(form ?? '', id)
  return r.data ? recordName(r.data) : id
}
