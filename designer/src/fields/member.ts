import type { FieldDef, FieldType } from '@/api/types'
import type { Label } from '../expr/value'

/** What a folder of this family says of its type, without any picture of it. */
export interface Member {
  type: FieldType
  name: Label
  /** The JSON value of a field that nobody has filled in. */
  empty: unknown
  /** Reads typed or pasted text; what cannot be read comes back as the text, so that the check names it. */
  parse(text: string, field: FieldDef): unknown
  /** One plain line for lists, spreadsheets and sentences; "" when there is nothing. */
  text(value: unknown, field: FieldDef, lang: Lang): string
}

export type Lang = 'zh' | 'en'

/** The label in a language, else in the other one. */
export function say(label: Label | undefined, lang: Lang): string {
  if (!label) return ''
  return (lang === 'en' ? label.en || label.zh : label.zh || label.en) ?? ''
}

/** Whether JSON says "nothing here": null, absent, "" or []. */
export function blank(v: unknown): boolean {
  return v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)
}

/** The text of a value that is a text already. */
export function plain(v: unknown): string {
  return blank(v) ? '' : String(v)
}

/** Typed text without blanks around it; null when nothing is left. */
export function tidy(text: string): string | null {
  const t = text.trim()
  return t === '' ? null : t
}
