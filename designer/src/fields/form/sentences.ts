import { fill, type Label, type Lang, label, type Params } from '@/i18n'
import {
  check_failed,
  field_denied,
  file_type,
  formula_argument,
  formula_division_by_zero,
  formula_overflow,
  formula_text_limit,
  formula_too_costly,
  invalid_date,
  invalid_phone,
  invalid_time,
  not_allowed,
  not_multiple,
  not_option,
  not_unique,
  number_overflow,
  number_range,
  pattern,
  read_only,
  required,
  too_few_rows,
  too_large,
  too_long,
  too_many_items,
  too_many_rows,
  too_short,
  too_small,
  unknown_field,
  wrong_type,
} from '../../../../schemas/wire/errors.json'
import type { Problem } from './shape'

// Named imports, so that only the sentences of codes this engine uses are bundled.
const sentences: Record<string, Label> = {
  check_failed,
  field_denied,
  file_type,
  formula_argument,
  formula_division_by_zero,
  formula_overflow,
  formula_text_limit,
  formula_too_costly,
  invalid_date,
  invalid_phone,
  invalid_time,
  not_allowed,
  not_multiple,
  not_option,
  not_unique,
  number_overflow,
  number_range,
  pattern,
  read_only,
  required,
  too_few_rows,
  too_large,
  too_long,
  too_many_items,
  too_many_rows,
  too_short,
  too_small,
  unknown_field,
  wrong_type,
}

const WANTS: Record<string, Label> = {
  number: { zh: '数字', en: 'a number' },
  integer: { zh: '整数', en: 'a whole number' },
  text: { zh: '文字', en: 'text' },
  list: { zh: '列表', en: 'a list' },
  object: { zh: '一组值', en: 'an object' },
}

/** The sentence of a problem in a language: its own message, else its code's, else that something is not right here. */
export function sentenceOf(p: Problem, lang: Lang): string {
  if (p.message) return label(p.message, lang)
  const params: Params = { ...p.params }
  const want = WANTS[String(params.want)]
  if (want) params.want = label(want, lang)
  return fill(label(sentences[p.code] ?? not_allowed, lang), params)
}
