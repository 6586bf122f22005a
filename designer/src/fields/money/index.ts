import { blank, type Member } from '../member'
import { moneyText, readNumber } from '../parts/numbers'

export const money: Member = {
  type: 'money',
  name: { zh: '金额', en: 'Amount' },
  empty: null,
  parse: (text) => readNumber(text),
  text: (value, field) => (blank(value) ? '' : moneyText(value as number, field.currency ?? 'CNY', field.scale)),
}
