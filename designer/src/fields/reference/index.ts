import { type Member, plain, tidy } from '../member'

export const reference: Member = {
  type: 'reference',
  name: { zh: '引用单据', en: 'Reference' },
  empty: null,
  parse: (text) => tidy(text),
  text: (value) => plain(value),
}
