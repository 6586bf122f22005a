import { sameJSON } from '@/fields/form/data'

type Data = Record<string, unknown>

/** A place that two people changed to different values. */
export interface Conflict {
  field: string
  base: unknown
  theirs: unknown
  yours: unknown
}

/** The members of a patch (RFC 7396) that turns one record's data into another's; null removes. */
export function patchOf(before: Data, after: Data, fields: readonly string[]): Data {
  const out: Data = {}
  for (const f of fields) {
    if (sameJSON(before[f], after[f])) continue
    const v = after[f]
    const none = v === undefined || v === '' || (Array.isArray(v) && v.length === 0)
    out[f] = none ? null : address(before[f], v)
  }
  return out
}

/** A merge patch keeps members it does not name: those that are gone from an object are named with null. */
function address(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after
  const gone = Object.keys(before).filter((k) => !(k in after))
  return { ...after, ...Object.fromEntries(gone.map((k) => [k, null])) }
}

function isObject(v: unknown): v is Data {
  return typeof v === 'object' && v !== null && !Array.isArray(v)
}

/** Which of my changes meet a different change of somebody else; the others merge by themselves. */
export function conflicts(base: Data, theirs: Data, patch: Data): Conflict[] {
  return Object.entries(patch)
    .filter(([f, yours]) => !sameJSON(base[f], theirs[f]) && !sameJSON(theirs[f], yours))
    .map(([field, yours]) => ({ field, base: base[field], theirs: theirs[field], yours }))
}

/** My patch without the fields for which the other's value was chosen. */
export function resolved(patch: Data, theirs: ReadonlySet<string>): Data {
  return Object.fromEntries(Object.entries(patch).filter(([f]) => !theirs.has(f)))
}
