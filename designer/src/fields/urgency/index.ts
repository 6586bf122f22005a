import { URGENCY_CHOICES } from '../form/shape'
import { type Member, plain, tidy } from '../member'
import { choiceText, readChoice } from '../parts/choices'

export const urgency: Member = {
  type: 'urgency',
  name: { zh: '紧急程度', en: 'Urgency' },
  empty: null,
  parse: (text) => (tidy(text) === null ? null : readChoice(text, URGENCY_CHOICES)),
  text: (value, _field, lang) => choiceText(plain(value), URGENCY_CHOICES, lang),
}
