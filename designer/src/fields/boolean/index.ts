import { blank, type Member, tidy } from '../member'

const YES = new Set(['true', 'yes', 'y', '1', '是', '对', '√', '✓'])
const NO = new Set(['false', 'no', 'n', '0', '否', '不', '×', '✗'])

export const boolean: Member = {
  type: 'boolean',
  name: { zh: '是或否', en: 'Yes or no' },
  empty: null,
  parse: (text) => {
    const t = tidy(text)?.toLowerCase() ?? null
    if (t === null) return null
    if (YES.has(t)) return true
    return NO.has(t) ? false : t
  },
  text: (value, _field, lang) =>
    blank(value) ? '' : ((lang === 'en' ? ['No', 'Yes'] : ['否', '是'])[value ? 1 : 0] ?? ''),
}
