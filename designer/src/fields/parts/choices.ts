import type { FieldDef, Option } from '@/api/types'
import { type Lang, say } from '../member'

/** The option that typed text means: its id, or its name in either language. */
export function readChoice(text: string, options: readonly Option[]): string {
  const t = text.trim()
  const l = t.toLowerCase()
  const hit = options.find((o) => o.id === t) ?? options.find((o) => o.name.zh === t || o.name.en?.toLowerCase() === l)
  return hit ? hit.id : t
}

/** The options to offer: without the ones that are off, unless such a one is chosen already. */
export function offered(field: FieldDef, chosen: readonly string[]): Option[] {
  return (field.options ?? []).filter((o) => !o.off || chosen.includes(o.id))
}

/** The name of an option, else its id. */
export function choiceText(id: string, options: readonly Option[], lang: Lang): string {
  const o = options.find((x) => x.id === id)
  return o ? say(o.name, lang) : id
}

/** Typed text as a list: split at commas, semicolons and the Chinese pause mark. */
export function splitList(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,，;；、\n]/)
        .map((t) => t.trim())
        .filter((t) => t !== ''),
    ),
  ]
}
