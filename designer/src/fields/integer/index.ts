import { blank, type Member } from '../member'
import { groupDigits, readNumber } from '../parts/numbers'

export const integer: Member = {
  type: 'integer',
  name: { zh: '整数', en: 'Whole number' },
  empty: null,
  parse: (text) => readNumber(text),
  text: (value, field) => (blank(value) ? '' : groupDigits(value as number) + (field.unit ? ` ${field.unit}` : '')),
}
