import { type Member, plain } from '../member'

export const serial: Member = {
  type: 'serial',
  name: { zh: '流水号', en: 'Serial number' },
  empty: null,
  parse: () => null,
  text: (value) => plain(value),
}
