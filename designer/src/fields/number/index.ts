import { blank, type Member } from '../member'
import { groupDigits, readNumber } from '../parts/numbers'

export const number: Member = {
  type: 'number',
  name: { zh: '数字', en: 'Number' },
  empty: null,
  parse: (text) => readNumber(text),
  text: (value, field) => (blank(value) ? '' : groupDigits(value as number) + (field.unit ? ` ${field.unit}` : '')),
}
