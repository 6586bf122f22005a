import type { Member } from '../member'
import { splitList } from '../parts/choices'

export const tags: Member = {
  type: 'tags',
  name: { zh: '标签', en: 'Tags' },
  empty: [],
  parse: (text) => splitList(text),
  text: (value, _field, lang) => (Array.isArray(value) ? value.join(lang === 'en' ? ', ' : '、') : ''),
}
