import { type Member, plain } from '../member'
import { readDate } from '../parts/times'

export const date: Member = {
  type: 'date',
  name: { zh: '日期', en: 'Date' },
  empty: null,
  parse: (text) => readDate(text),
  text: (value) => plain(value),
}
