import { blank, type Member } from '../member'
import { fromLocal, timeWords } from '../parts/times'
import { zone } from '../parts/zone'

export const datetime: Member = {
  type: 'datetime',
  name: { zh: '日期时间', en: 'Date and time' },
  empty: null,
  parse: (text) => fromLocal(text, zone()),
  text: (value) => (blank(value) ? '' : timeWords(value, zone())),
}
