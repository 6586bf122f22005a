import { TextBox } from '../parts/TextBox'
import type { InputProps } from '../props'

export function DateInput(p: InputProps) {
  return <TextBox {...p} type="date" extra={{ autoComplete: 'off' }} />
}
