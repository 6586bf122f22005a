import type { ComponentType } from 'react'
import type { FieldType } from '@/api/types'
import { AddressCell } from './address/Cell'
import { BooleanCell } from './boolean/Cell'
import { ComputedCell } from './computed/Cell'
import { DateCell } from './date/Cell'
import { DateTimeCell } from './datetime/Cell'
import { FileCell } from './file/Cell'
import { IntegerCell } from './integer/Cell'
import { LongTextCell } from './longtext/Cell'
import { MoneyCell } from './money/Cell'
import { MultiSelectCell } from './multiselect/Cell'
import { NumberCell } from './number/Cell'
import { PhoneCell } from './phone/Cell'
import type { CellProps } from './props'
import { ReferenceCell } from './reference/Cell'
import { ScanCell } from './scan/Cell'
import { SelectCell } from './select/Cell'
import { SerialCell } from './serial/Cell'
import { TagsCell } from './tags/Cell'
import { TextCell } from './text/Cell'
import { UrgencyCell } from './urgency/Cell'
import { UserCell } from './user/Cell'

/** How each type is read. Lines, which hold cells themselves, are drawn by LinesCell. */
export const cells: Record<FieldType, ComponentType<CellProps>> = {
  text: TextCell,
  longtext: LongTextCell,
  number: NumberCell,
  money: MoneyCell,
  integer: IntegerCell,
  date: DateCell,
  datetime: DateTimeCell,
  boolean: BooleanCell,
  select: SelectCell,
  multiselect: MultiSelectCell,
  urgency: UrgencyCell,
  phone: PhoneCell,
  address: AddressCell,
  file: FileCell,
  reference: ReferenceCell,
  lines: () => null,
  serial: SerialCell,
  computed: ComputedCell,
  scan: ScanCell,
  user: UserCell,
  tags: TagsCell,
}
