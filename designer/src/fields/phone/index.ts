import { type Member, plain, tidy } from '../member'

export const phone: Member = {
  type: 'phone',
  name: { zh: '电话', en: 'Phone' },
  empty: null,
  parse: (text) => tidy(text.replace(/[０-９＋－]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))),
  text: (value) => plain(value),
}
