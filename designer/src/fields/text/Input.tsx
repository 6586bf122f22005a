import { TextBox } from '../parts/TextBox'
import type { InputProps } from '../props'

export function TextInput(p: InputProps) {
  return <TextBox {...p} extra={{ autoComplete: 'off' }} />
}
