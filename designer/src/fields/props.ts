import type { FieldDef } from '@/api/types'

/** What every Input gets. The value is JSON as the data of a record carries it; text that cannot be read is given on as text. */
export interface InputProps {
  id: string
  field: FieldDef
  value: unknown
  onChange: (value: unknown) => void
  onBlur?: () => void
  /** Cannot be edited now; shown like a value. */
  readOnly?: boolean
  required?: boolean
  /** Stands in a cell of a table: no frame, no room to spare. */
  compact?: boolean
  'aria-invalid'?: true
  'aria-describedby'?: string
  'aria-label'?: string
}

/** What every Cell gets. */
export interface CellProps {
  field: FieldDef
  value: unknown
}

/** The attributes that go to the element which is labelled. */
export function bare(p: InputProps) {
  return {
    id: p.id,
    onBlur: p.onBlur,
    required: p.required,
    'aria-invalid': p['aria-invalid'],
    'aria-describedby': p['aria-describedby'],
    'aria-label': p['aria-label'],
  }
}
