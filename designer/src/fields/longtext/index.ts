import { type Member, plain, tidy } from '../member'

export const longtext: Member = {
  type: 'longtext',
  name: { zh: '多行文字', en: 'Long text' },
  empty: null,
  parse: (text) => tidy(text),
  text: (value) => plain(value),
}
