import type { FieldType } from '@/api/types'
import { address } from './address'
import { boolean } from './boolean'
import { computed } from './computed'
import { date } from './date'
import { datetime } from './datetime'
import { file } from './file'
import { integer } from './integer'
import { lines } from './lines'
import { longtext } from './longtext'
import type { Member } from './member'
import { money } from './money'
import { multiselect } from './multiselect'
import { number } from './number'
import { phone } from './phone'
import { reference } from './reference'
import { scan } from './scan'
import { select } from './select'
import { serial } from './serial'
import { tags } from './tags'
import { text } from './text'
import { urgency } from './urgency'
import { user } from './user'

/** Every field type: the one place that lists them (no picture is loaded by this file). */
export const members: Record<FieldType, Member> = {
  text,
  longtext,
  number,
  money,
  integer,
  date,
  datetime,
  boolean,
  select,
  multiselect,
  urgency,
  phone,
  address,
  file,
  reference,
  lines,
  serial,
  computed,
  scan,
  user,
  tags,
}
