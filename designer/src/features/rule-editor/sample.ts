import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, at } from '@/api/client'
import { useMe } from '@/api/queries'
import type { FormDef, Page, Rec, RuleDef } from '@/api/types'
import { parseTime } from '@/expr/dates'
import { NONE, type Row, type Shape, text, time, type Value } from '@/expr/value'
import { type Data, Form } from '@/fields/form'
import { compileCondition } from '@/rule'
import { rowCondition } from './rows'

const SIZE = 50

export interface Hits {
  /** How many of the sample each row decides, by row id. */
  rows: Map<string, number>
  none: number
  total: number
}

function rowOf(form: Form, r: Rec, zone: string): Row {
  const at = (t: string | undefined): Value => {
    const ms = t ? parseTime(t) : null
    return ms === null ? NONE : time(ms)
  }
  const by = typeof r.createdBy === 'object' ? r.createdBy.id : (r.createdBy ?? '')
  const system = {
    $id: text(r.id),
    $no: text(r.no ?? ''),
    $state: text(r.state ?? ''),
    $entered: at(r.entered),
    $created: at(r.created),
    $updated: at(r.updated),
    $createdBy: text(by),
  }
  const data = r.data as Data
  return form.ask({ data, stored: data, patch: {}, system, env: { now: Date.now(), zone, actor: '' } }).row
}

/** Counts which row would decide each record of a sample: what people ask first of a rule they change. */
export function count(rule: RuleDef, rows: readonly Row[], shape: Shape, zone: string): Hits {
  const now = Date.now()
  const env = { now, zone, actor: '' }
  const live = rule.rows.filter(
    (r) => !r.off && !(r.from && Date.parse(r.from) > now) && !(r.to && Date.parse(r.to) <= now),
  )
  const tests = live.map((r) => ({ id: r.id, c: compileCondition(rowCondition(rule, r), shape) }))
  const hits: Hits = { rows: new Map(rule.rows.map((r) => [r.id, 0])), none: 0, total: rows.length }
  for (const row of rows) {
    const held = tests.filter((t) => t.c.holds(row, null, env))
    const counted = rule.hitPolicy === 'first' ? held.slice(0, 1) : held
    for (const t of counted) hits.rows.set(t.id, (hits.rows.get(t.id) ?? 0) + 1)
    if (held.length === 0) hits.none++
  }
  return hits
}

/** The newest records of the rule's form, counted against the rule as it is being edited. */
export function useHits(rule: RuleDef, def: FormDef, shape: Shape): Hits | undefined {
  const { tenant } = useMe()
  const sample = useQuery({
    queryKey: ['sample', def.id],
    queryFn: ({ signal }) =>
      api.get<Page<Rec>>(`${at`/forms/${def.id}/records`}?limit=${SIZE}&sort=-$created`, { signal }),
    staleTime: 300_000,
  })
  const rows = useMemo(() => {
    const form = new Form(def)
    return sample.data?.items.map((r) => rowOf(form, r, tenant.zone))
  }, [sample.data, def, tenant])
  return useMemo(
    () => (rows && rows.length > 0 ? count(rule, rows, shape, tenant.zone) : undefined),
    [rule, rows, shape, tenant],
  )
}
