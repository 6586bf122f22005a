import { ADDRESS_PARTS } from '../form/shape'
import { type Member, plain, tidy } from '../member'

export const address: Member = {
  type: 'address',
  name: { zh: '地址', en: 'Address' },
  empty: null,
  // One pasted line cannot be taken apart reliably: it becomes the street, to be completed by the person.
  parse: (text) => (tidy(text) === null ? null : { street: tidy(text) }),
  text: (value) => {
    const a = (value ?? {}) as Record<string, unknown>
    const place = ADDRESS_PARTS.slice(0, 4).map((p) => plain(a[p]))
    return [place.join(''), plain(a.name), plain(a.phone)].filter((t) => t !== '').join(' · ')
  },
}
