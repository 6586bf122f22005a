import { useCallback, useMemo, useRef, useState } from 'react'
import type { FormDef, Problem as WireProblem } from '@/api/types'
import { parseTime } from '@/expr/dates'
import { NONE, text, time, type Value } from '@/expr/value'
import { useFields } from '../setup'
import type { EntryContext } from './context'
import { type Answer, type Data, Form } from './index'
import { sentenceOf } from './sentences'

export interface EntryOptions {
  /** What the form begins with. */
  initial: Data
  /** The stored data, when a record is edited. */
  stored?: Data
  locked?: ReadonlySet<string>
  state?: string | undefined
  created?: string | undefined
}

export interface Entry {
  data: Data
  answer: Answer
  context: EntryContext
  set(field: string, value: unknown): void
  replace(data: Data): void
  /** Problems that stand at no field of the form: checks of the whole, and what the server said of it. */
  general: string[]
  /** What the field's input shows: what was typed, else the settled value (a default, a computed one). */
  valueOf(field: string): unknown
  /** Whether a problem is shown somewhere in the field. */
  hasError(field: string): boolean
  /** Set by the form's body: brings a place into view. */
  onFocus: { current: ((path: string) => void) | undefined }
  /** Shows everything that is wrong and goes to the first place that is; returns it, undefined when all is well. */
  insist(): string | undefined
  /** Places what the server refused. */
  refuse(problems: readonly WireProblem[]): string | undefined
}

/** Paths of the server may begin with the member that holds the data. */
function local(path: string, def: FormDef): string {
  const inner = path.startsWith('/data/') && !def.fields.some((f) => f.id === 'data')
  return inner ? path.slice(5) : path
}

/** A form while somebody fills it in: its data, the engine's answer, and which problems are shown where. */
export function useEntry(def: FormDef, o: EntryOptions): Entry {
  const { lang, zone, actor } = useFields()
  const form = useMemo(() => new Form(def), [def])
  const [data, setData] = useState(o.initial)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(false)
  const [refused, setRefused] = useState<Record<string, string>>({})
  const version = useRef(0)
  const onFocus = useRef<((path: string) => void) | undefined>(undefined)

  // The engine's clock moves with the data, not with every render.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the data is judged at its own moment
  const now = useMemo(() => Date.now(), [data])
  const { stored, locked, state, created } = o
  const answer = useMemo(() => {
    version.current++
    const since = time(parseTime(created ?? '') ?? now)
    const system: Record<string, Value> = {
      $created: since,
      $entered: since,
      $updated: time(now),
      $state: state ? text(state) : NONE,
      $createdBy: text(actor),
    }
    return form.ask({ data, env: { now, zone, actor }, system, ...(stored && { stored }), ...(locked && { locked }) })
  }, [form, data, now, zone, actor, stored, locked, state, created])

  const shown = useMemo(() => {
    const out = new Map<string, string>()
    for (const p of answer.hints) {
      const visible = tried || [...prefixes(p.path)].some((x) => touched.has(x))
      if (visible && !out.has(p.path)) out.set(p.path, sentenceOf(p, lang))
    }
    for (const [path, said] of Object.entries(refused)) if (!out.has(path)) out.set(path, said)
    return out
  }, [answer, tried, touched, refused, lang])

  const errorAt = useCallback((path: string) => shown.get(path), [shown])
  const touch = useCallback((path: string) => setTouched((all) => (all.has(path) ? all : new Set(all).add(path))), [])
  const set = useCallback((field: string, value: unknown) => {
    setData((old) => ({ ...old, [field]: value }))
    // What the server said of a place no longer holds once the place has changed.
    setRefused((old) => {
      const keep = Object.entries(old).filter(([path]) => path !== `/${field}` && !path.startsWith(`/${field}/`))
      return keep.length === Object.keys(old).length ? old : Object.fromEntries(keep)
    })
  }, [])

  const context = useMemo<EntryContext>(
    () => ({
      errorAt,
      touch,
      state: answer.state,
      settled: (lines, line, column) =>
        ((answer.data[lines] as Data[] | undefined)?.[line] as Data | undefined)?.[column],
      version: version.current,
    }),
    [errorAt, touch, answer],
  )

  return {
    data,
    answer,
    context,
    set,
    replace: setData,
    general: [...shown]
      .filter(([path]) => path === '' || !def.fields.some((f) => path === `/${f.id}` || path.startsWith(`/${f.id}/`)))
      .map(([, said]) => said),
    onFocus,
    valueOf: (field) => {
      const own = data[field]
      const computed = def.fields.find((f) => f.id === field)?.type === 'computed'
      return own === undefined || computed ? answer.data[field] : own
    },
    hasError: (field) => [...shown.keys()].some((path) => path === `/${field}` || path.startsWith(`/${field}/`)),
    insist: () => {
      setTried(true)
      const first = answer.problems[0]?.path
      if (first !== undefined) onFocus.current?.(first)
      return first
    },
    refuse: (problems) => {
      setRefused(
        Object.fromEntries(problems.map((p) => [local(p.path, def), p.message ?? sentenceOf(p as never, lang)])),
      )
      const first = problems[0] && local(problems[0].path, def)
      if (first) onFocus.current?.(first)
      return first
    },
  }
}

/** "/lines/3/qty" → itself, "/lines/3", "/lines" */
function* prefixes(path: string): Generator<string> {
  for (let p = path; p !== ''; p = p.slice(0, p.lastIndexOf('/'))) yield p
  yield ''
}
