import { formatTime } from '@/i18n/format'
import { blank, type Member } from '../member'
import { fromLocal } from '../parts/times'
import { zone } from '../parts/zone'

export const datetime: Member = {
  type: 'datetime',
  name: { zh: '日期时间', en: 'Date and time' },
  empty: null,
  parse: (text) => fromLocal(text, zone()),
  text: (value, _field, lang) => (blank(value) ? '' : formatTime(String(value), lang, zone())),
}
