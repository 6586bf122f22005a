import { type Member, plain, tidy } from '../member'
import { choiceText, readChoice } from '../parts/choices'

export const select: Member = {
  type: 'select',
  name: { zh: '单选', en: 'Choice' },
  empty: null,
  parse: (text, field) => (tidy(text) === null ? null : readChoice(text, field.options ?? [])),
  text: (value, field, lang) => choiceText(plain(value), field.options ?? [], lang),
}
