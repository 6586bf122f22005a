import type { ChainDef, FieldDef, FormDef } from '@/api/types'
import type { Shape, Slot } from '@/expr/value'
import { shapeOf } from '@/fields/form/shape'
import { type Lang, label } from '@/i18n'

/** What a rule can read: the form's shape with the chain's states as choices of $state. */
export function ruleShape(form: FormDef, chain: ChainDef | null): Shape {
  const shape = shapeOf(form)
  const state = shape.slots.find((s) => s.path === '$state')
  if (state && chain) state.choices = chain.states
  return shape
}

/** The field whose input fits values of a slot: an option list for choices, a date box for dates. */
export function fieldOf(path: string, slot: Slot, columns: readonly FieldDef[]): FieldDef {
  const own = columns.find((f) => f.id === path)
  const base: FieldDef = { id: path.replace(/\W/g, ''), type: 'text', name: slot.name ?? {} }
  if (own?.type === 'computed')
    return {
      ...base,
      type: own.result ?? 'number',
      ...(own.unit && { unit: own.unit }),
      ...(own.currency && { currency: own.currency }),
    }
  if (own) return { ...bare(own), id: base.id }
  if (slot.choices) return { ...base, type: 'select', options: slot.choices as NonNullable<FieldDef['options']> }
  return { ...base, type: slot.kind === 'time' ? 'datetime' : 'text' }
}

/** A field without what only makes sense when it is filled in. */
function bare(f: FieldDef): FieldDef {
  const {
    required: _r,
    readOnly: _o,
    visibleWhen: _v,
    requiredWhen: _w,
    readOnlyWhen: _n,
    default: _d,
    defaultFormula: _f,
    ...rest
  } = f
  return rest
}

export interface PathChoice {
  id: string
  name: string
}

/** The paths of a shape that a comparison can read, by name; attachments' parts left out. */
export function pathChoices(shape: Shape, lang: Lang, lines: boolean): PathChoice[] {
  const own = shape.slots
    .filter((s) => s.kind !== 'none' && !/\.(id|size|type)$/.test(s.path))
    .map((s) => ({ id: s.path, name: label(s.name, lang, s.path) }))
  if (!lines || !shape.parent) return own
  const up = lang === 'en' ? 'Record: ' : '整单：'
  return [
    ...own,
    ...pathChoices(shape.parent, lang, false)
      .filter((c) => !c.id.startsWith('$'))
      .map((c) => ({ id: `parent.${c.id}`, name: up + c.name })),
  ]
}

/** The columns that paths of a comparison mean, at a place of a condition inside `match` groups or outside. */
export function scopeAt(
  shape: Shape,
  form: FormDef,
  condition: unknown,
  at: readonly (string | number)[],
): { shape: Shape; columns: readonly FieldDef[]; inLines: boolean } {
  let s = shape
  let columns: readonly FieldDef[] = form.fields
  let inLines = false
  let node = condition as Record<string, unknown> | undefined
  for (const key of at) {
    if (key === 'value' && node?.match) {
      const i = s.index.get(String(node.field))
      const rows = i === undefined ? undefined : s.slots[i]?.rows
      if (rows) {
        columns = form.fields.find((f) => f.id === node?.field)?.fields ?? []
        s = rows
        inLines = true
      }
    }
    node = node?.[key] as Record<string, unknown> | undefined
  }
  return { shape: s, columns, inLines }
}
