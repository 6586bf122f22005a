// How a value of a record reads on a card, in a list, in a sentence.
import { useMemo } from 'react'
import { useApiUsers, useMe } from '@/api/queries'
import type { ChainDef, Color, FieldDef, FormDef, Json } from '@/api/types'
import { type Lang, label, useLang } from '@/i18n'
import { formatDay, formatMoney, formatNumber, formatTime } from '@/i18n/format'
import { useNameOf } from './names'

export interface Shown {
  text: string
  /** Set for a choice: draw it as a badge. */
  color?: Color | undefined
}

export interface Context {
  form: FormDef
  chain: ChainDef | null
  lang: Lang
  zone: string
  currency: string
  /** Names of people by id. */
  names: Map<string, string>
  /** Name of the record that a reference points to, "" when it is not known. */
  nameOf: (field: FieldDef, id: Json) => string
}

const system: Record<string, { zh: string; en: string; type: FieldDef['type'] }> = {
  $no: { zh: '编号', en: 'No.', type: 'serial' },
  $id: { zh: '标识', en: 'Id', type: 'text' },
  $state: { zh: '状态', en: 'State', type: 'text' },
  $entered: { zh: '进入时间', en: 'In state since', type: 'datetime' },
  $created: { zh: '创建时间', en: 'Created', type: 'datetime' },
  $updated: { zh: '更新时间', en: 'Updated', type: 'datetime' },
  $createdBy: { zh: '创建人', en: 'Created by', type: 'user' },
}

const urgency: Record<string, { zh: string; en: string }> = {
  red: { zh: '特急', en: 'Critical' },
  yellow: { zh: '加急', en: 'Urgent' },
  green: { zh: '普通', en: 'Normal' },
}

/** The field that a path begins with; a system path gets one made up. */
export function fieldAt(form: FormDef, path: string): FieldDef | undefined {
  const known = system[path]
  if (known) return { id: path, type: known.type, name: known }
  const [first, second] = path.split('.')
  const field = form.fields.find((f) => f.id === first)
  if (second && field?.type === 'lines') return field.fields?.find((f) => f.id === second)
  if (second && field) return { ...field, type: 'text' }
  return field
}

/** A value in words. Unknown shapes become plain text, never an exception. */
export function display(path: string, value: Json | undefined, ctx: Context): Shown {
  if (value === undefined || value === null || value === '') return { text: '' }
  if (path === '$state') {
    const state = ctx.chain?.states.find((s) => s.id === value)
    return { text: label(state?.name, ctx.lang, String(value)), color: state?.color ?? 'gray' }
  }
  const field = fieldAt(ctx.form, path)
  if (!field) return { text: plain(value, ctx) }
  if (Array.isArray(value) && field.type !== 'multiselect' && field.type !== 'tags' && path.includes('.')) {
    return { text: [...new Set(value.map((v) => one(field, v, ctx).text))].join('、') }
  }
  return one(field, value, ctx)
}

function one(field: FieldDef, value: Json, ctx: Context): Shown {
  const type = field.type === 'computed' ? (field.result ?? 'text') : field.type
  const { lang } = ctx
  switch (type) {
    case 'number':
    case 'integer':
      return { text: typeof value === 'number' ? formatNumber(value, lang, field.unit) : plain(value, ctx) }
    case 'money':
      return {
        text: typeof value === 'number' ? formatMoney(value, lang, field.currency ?? ctx.currency) : plain(value, ctx),
      }
    case 'date':
      return { text: formatDay(String(value), lang) }
    case 'datetime':
      return { text: formatTime(String(value), lang, ctx.zone) }
    case 'boolean':
      return { text: value ? (lang === 'zh' ? '是' : 'Yes') : lang === 'zh' ? '否' : 'No' }
    case 'urgency':
      return { text: label(urgency[String(value)], lang, String(value)), color: value as Color }
    case 'select': {
      const option = field.options?.find((o) => o.id === value)
      return { text: label(option?.name, lang, String(value)), color: option?.color ?? 'gray' }
    }
    case 'multiselect': {
      const ids = Array.isArray(value) ? value : [value]
      return {
        text: ids.map((id) => label(field.options?.find((o) => o.id === id)?.name, lang, String(id))).join('、'),
      }
    }
    case 'user':
      return { text: ctx.names.get(String(value)) ?? String(value) }
    case 'reference':
      return { text: ctx.nameOf(field, value) }
    case 'address':
      return { text: address(value) }
    default:
      return { text: plain(value, ctx) }
  }
}

function address(value: Json): string {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return String(value)
  const { province, city, district, street } = value
  return [province, city === province ? '' : city, district, street].filter(Boolean).join(' ')
}

function plain(value: Json, ctx: Context): string {
  if (Array.isArray(value)) {
    const rows = value.length > 0 && typeof value[0] === 'object'
    if (rows) return ctx.lang === 'zh' ? `${value.length} 行` : `${value.length} lines`
    return value.map(String).join('、')
  }
  if (value && typeof value === 'object') return Object.values(value).filter(Boolean).map(String).join(' ')
  return String(value)
}

/** display() bound to a form, the language and the tenant: `show('total', 12)`. */
export function useDisplay(
  form: FormDef | undefined,
  chain: ChainDef | null | undefined,
  paths: readonly string[] = [],
) {
  const lang = useLang()
  const { tenant } = useMe()
  const people = !!form && paths.some((p) => fieldAt(form, p)?.type === 'user')
  const users = useApiUsers(undefined, people).data
  const nameOf = useNameOf()
  return useMemo(() => {
    const names = new Map(users?.items.map((u) => [u.id, u.name]))
    const ctx: Context | undefined = form && {
      form,
      chain: chain ?? null,
      lang,
      zone: tenant.zone,
      currency: tenant.currency,
      names,
      nameOf,
    }
    return (path: string, value: Json | undefined): Shown => (ctx ? display(path, value, ctx) : { text: '' })
  }, [form, chain, lang, tenant, users, nameOf])
}

/** The name of a path's field: what a column's head or a card's line says. */
export function pathName(form: FormDef, path: string, lang: Lang): string {
  return label(fieldAt(form, path)?.name, lang, path)
}
