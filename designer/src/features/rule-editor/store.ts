import type { RuleDef as Rule, RuleRow } from '@/api/types'

/** Where in a rule something stands: member names and list positions. */
export type Path = readonly (string | number)[]

/** The editor's state: the rule now, and the ones before and after it for undo and redo. */
export interface Editing {
  readonly rule: Rule
  readonly past: readonly Rule[]
  readonly future: readonly Rule[]
}

/** One undoable act of a person. */
export type Act =
  | { do: 'set'; path: Path; value: unknown }
  | { do: 'unset'; path: Path }
  | { do: 'insert'; path: Path; at: number; value: unknown }
  | { do: 'remove'; path: Path; at: number }
  | { do: 'move'; path: Path; from: number; to: number }
  | { do: 'replace'; rule: Rule }
  | { do: 'undo' }
  | { do: 'redo' }

const DEPTH = 200

/** Begins editing a rule with an empty history. */
export function begin(rule: Rule): Editing {
  return { rule, past: [], future: [] }
}

/** Applies one act; an act that changes nothing leaves the state as it is. */
export function act(e: Editing, a: Act): Editing {
  if (a.do === 'undo') {
    const last = e.past.at(-1)
    return last ? { rule: last, past: e.past.slice(0, -1), future: [e.rule, ...e.future] } : e
  }
  if (a.do === 'redo') {
    const [next, ...rest] = e.future
    return next ? { rule: next, past: [...e.past, e.rule], future: rest } : e
  }
  const rule = a.do === 'replace' ? a.rule : (change(e.rule, a) as Rule)
  if (rule === e.rule) return e
  return { rule, past: [...e.past, e.rule].slice(-DEPTH), future: [] }
}

type Edit = Exclude<Act, { do: 'undo' } | { do: 'redo' } | { do: 'replace' }>

function change(root: unknown, a: Edit): unknown {
  switch (a.do) {
    case 'set':
      return update(root, a.path, () => a.value)
    case 'unset':
      return update(root, a.path.slice(0, -1), (o) => without(o, String(a.path.at(-1))))
    case 'insert':
      return update(root, a.path, (l) => (list(l) as unknown[]).toSpliced(a.at, 0, a.value))
    case 'remove':
      return update(root, a.path, (l) => list(l).toSpliced(a.at, 1))
    case 'move':
      return update(root, a.path, (l) => moved(list(l), a.from, a.to))
  }
}

function list(v: unknown): unknown[] {
  return Array.isArray(v) ? v : []
}

function moved(l: unknown[], from: number, to: number): unknown[] {
  if (from === to || to < 0 || to >= l.length) return l
  const [item] = l.slice(from, from + 1)
  return l.toSpliced(from, 1).toSpliced(to, 0, item)
}

function without(o: unknown, key: string): unknown {
  if (typeof o !== 'object' || o === null || !(key in o)) return o
  const { [key]: _, ...rest } = o as Record<string, unknown>
  return rest
}

/** Returns a copy of root in which only the containers on the path are new; the same root when nothing differs. */
export function update(root: unknown, path: Path, f: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return f(root)
  if (Array.isArray(root)) {
    const i = Number(key)
    const next = update(root[i], rest, f)
    return next === root[i] ? root : root.with(i, next)
  }
  const o = (root ?? {}) as Record<string, unknown>
  const next = update(o[key], rest, f)
  return next === o[key] && key in o ? root : { ...o, [key]: next }
}

/** Reads what stands at a path. */
export function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((v, k) => (v as Record<string | number, unknown> | undefined)?.[k], root)
}

/** A copy of a row under an id that the rule does not use yet, marked as a copy in its name. */
export function copyRow(rule: Rule, row: RuleRow): RuleRow {
  const copy = structuredClone(row)
  copy.id = freshId(rule, row.id)
  if (row.name)
    copy.name = {
      ...(row.name.zh && { zh: `${row.name.zh}（副本）` }),
      ...(row.name.en && { en: `${row.name.en} (copy)` }),
    }
  return copy
}

/** An id like the given one that no row has: "r3", "east-2". */
export function freshId(rule: Rule, like: string): string {
  const stem = like.replace(/-?\d+$/, '') || 'r'
  const used = new Set(rule.rows.map((r) => r.id))
  for (let n = 2; ; n++) {
    const id = `${stem}-${n}`
    if (!used.has(id)) return id
  }
}
