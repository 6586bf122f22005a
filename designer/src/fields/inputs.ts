import type { ComponentType } from 'react'
import type { FieldType } from '@/api/types'
import { AddressInput } from './address/Input'
import { BooleanInput } from './boolean/Input'
import { ComputedInput } from './computed/Input'
import { DateInput } from './date/Input'
import { DateTimeInput } from './datetime/Input'
import { FileInput } from './file/Input'
import { IntegerInput } from './integer/Input'
import { LongTextInput } from './longtext/Input'
import { MoneyInput } from './money/Input'
import { MultiSelectInput } from './multiselect/Input'
import { NumberInput } from './number/Input'
import { PhoneInput } from './phone/Input'
import type { InputProps } from './props'
import { ReferenceInput } from './reference/Input'
import { ScanInput } from './scan/Input'
import { SelectInput } from './select/Input'
import { SerialInput } from './serial/Input'
import { TagsInput } from './tags/Input'
import { TextInput } from './text/Input'
import { UrgencyInput } from './urgency/Input'
import { UserInput } from './user/Input'

/** How each type is filled in, in a form and in a cell. Lines, which hold cells themselves, are in all.ts. */
export const inputs: Record<FieldType, ComponentType<InputProps>> = {
  text: TextInput,
  longtext: LongTextInput,
  number: NumberInput,
  money: MoneyInput,
  integer: IntegerInput,
  date: DateInput,
  datetime: DateTimeInput,
  boolean: BooleanInput,
  select: SelectInput,
  multiselect: MultiSelectInput,
  urgency: UrgencyInput,
  phone: PhoneInput,
  address: AddressInput,
  file: FileInput,
  reference: ReferenceInput,
  lines: () => null,
  serial: SerialInput,
  computed: ComputedInput,
  scan: ScanInput,
  user: UserInput,
  tags: TagsInput,
}
