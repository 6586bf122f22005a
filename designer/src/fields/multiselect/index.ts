import type { Member } from '../member'
import { choiceText, readChoice, splitList } from '../parts/choices'

export const multiselect: Member = {
  type: 'multiselect',
  name: { zh: '多选', en: 'Choices' },
  empty: [],
  parse: (text, field) => splitList(text).map((t) => readChoice(t, field.options ?? [])),
  text: (value, field, lang) =>
    Array.isArray(value)
      ? value.map((v) => choiceText(String(v), field.options ?? [], lang)).join(lang === 'en' ? ', ' : '、')
      : '',
}
