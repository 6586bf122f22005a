import { type Member, plain, tidy } from '../member'

export const text: Member = {
  type: 'text',
  name: { zh: '单行文字', en: 'Text' },
  empty: null,
  parse: (text) => tidy(text),
  text: (value) => plain(value),
}
