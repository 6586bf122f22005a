import type { FieldDef, FormDef } from '@/api/types'
import type { Answer, Data } from './index'
import { absent } from './read'

/**
 * What is sent of a form: the settled values of what a person has filled in.
 * Computed and read-only values are the server's own, and an untouched default is left for it to give.
 */
export function bodyOf(def: FormDef, data: Data, answer: Answer): Data {
  const out: Data = {}
  for (const f of def.fields) {
    const state = answer.state(f.id)
    const value = answer.data[f.id]
    if (!state.visible || state.readOnly || absent(value) || absent(data[f.id])) continue
    out[f.id] = f.type === 'lines' ? (value as Data[]).map((line, i) => lineOf(f, line, i, data, answer)) : value
  }
  return out
}

function lineOf(f: FieldDef, line: Data, i: number, data: Data, answer: Answer): Data {
  const typed = (data[f.id] as Data[])[i] ?? {}
  const columns = (f.fields ?? []).filter(
    (c) => !absent(typed[c.id]) && line[c.id] !== undefined && !answer.state(c.id, f.id, i).readOnly,
  )
  return Object.fromEntries(columns.map((c) => [c.id, line[c.id]]))
}
