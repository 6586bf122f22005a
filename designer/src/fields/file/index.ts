import type { Member } from '../member'

/** A stored file, as the data of a record carries it. */
export interface FileRef {
  id: string
  name: string
  size: number
  type: string
}

/** The stored files of a value that came as JSON. */
export function filesOf(value: unknown): FileRef[] {
  return Array.isArray(value) ? (value as FileRef[]) : []
}

export const file: Member = {
  type: 'file',
  name: { zh: '附件', en: 'Files' },
  empty: [],
  parse: () => [],
  text: (value, _field, lang) =>
    filesOf(value)
      .map((f) => f.name)
      .join(lang === 'en' ? ', ' : '、'),
}
