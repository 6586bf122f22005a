import { type Member, plain, tidy } from '../member'

export const user: Member = {
  type: 'user',
  name: { zh: '成员', en: 'Person' },
  empty: null,
  parse: (text) => tidy(text),
  text: (value) => plain(value),
}
