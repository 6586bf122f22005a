import { type Member, plain, tidy } from '../member'

export const scan: Member = {
  type: 'scan',
  name: { zh: '扫码', en: 'Scan' },
  empty: null,
  parse: (text) => tidy(text),
  text: (value) => plain(value),
}
