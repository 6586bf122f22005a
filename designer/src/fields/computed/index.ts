import { boolean } from '../boolean'
import { date } from '../date'
import { datetime } from '../datetime'
import { blank, type Member, plain } from '../member'
import { money } from '../money'
import { number } from '../number'

export const computed: Member = {
  type: 'computed',
  name: { zh: '计算', en: 'Computed' },
  empty: null,
  parse: () => null,
  text: (value, field, lang) => {
    if (blank(value)) return ''
    switch (field.result ?? 'number') {
      case 'money':
        return money.text(value, field, lang)
      case 'number':
      case 'integer':
        return number.text(value, field, lang)
      case 'boolean':
        return boolean.text(value, field, lang)
      case 'datetime':
        return datetime.text(value, field, lang)
      case 'date':
        return date.text(value, field, lang)
      default:
        return plain(value)
    }
  },
}
