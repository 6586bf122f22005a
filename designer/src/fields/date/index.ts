import { formatDay } from '@/i18n/format'
import { type Member, plain } from '../member'
import { readDate } from '../parts/times'

export const date: Member = {
  type: 'date',
  name: { zh: '日期', en: 'Date' },
  empty: null,
  parse: (text) => readDate(text),
  text: (value, _field, lang) => (plain(value) === '' ? '' : formatDay(plain(value), lang)),
}
