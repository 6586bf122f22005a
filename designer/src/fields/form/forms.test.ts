// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FormDef } from '@/api/types'
import { text, time } from '@/expr/value'
import { envOf } from '@/expr/vectors'
import { type Data, Form, type Problem } from './index'
import { merged } from './merge'

interface Vector {
  name: string
  form: string
  env?: { now?: string; zone?: string; actor?: string }
  /** Stored data: then input is a patch of it. */
  merge?: Data
  input: Data
  want: { data?: Data; problems?: { path: string; code: string; check?: string }[] }
}

const url = new URL('../../../../schemas/semantics/forms.json', import.meta.url)
const file = JSON.parse(readFileSync(url, 'utf8')) as { forms: Record<string, FormDef>; vectors: Vector[] }
const forms = new Map(Object.entries(file.forms).map(([id, def]) => [id, new Form(def)]))

function decide(v: Vector) {
  const form = forms.get(v.form)
  if (!form) throw new Error(`no form ${v.form}`)
  const env = envOf(v.env)
  const now = time(env.now)
  const system = { $created: now, $entered: now, $updated: now, $createdBy: text(env.actor) }
  const stored = v.merge
  if (!stored) return form.ask({ data: v.input, env, system })
  return form.ask({ data: merged(stored, v.input) as Data, patch: v.input, stored, env, system })
}

const short = (p: Problem) => ({ path: p.path, code: p.code, ...(p.check && { check: p.check }) })
const sorted = (l: { path: string; code: string }[]) =>
  l.toSorted((a, b) => (`${a.path} ${a.code}` < `${b.path} ${b.code}` ? -1 : 1))

describe('forms', () => {
  test('there are vectors', () => expect(file.vectors.length).toBeGreaterThanOrEqual(120))

  test.each(file.vectors.map((v) => [v.name, v] as const))('%s', (_name, v) => {
    const got = decide(v)
    expect(sorted(got.problems.map(short))).toEqual(sorted(v.want.problems ?? []))
    if (v.want.data) expect(got.data).toEqual(v.want.data)
  })
})
