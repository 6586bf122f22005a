import { TextBox } from '../parts/TextBox'
import type { InputProps } from '../props'

export function PhoneInput(p: InputProps) {
  return <TextBox {...p} type="tel" extra={{ inputMode: 'tel', autoComplete: 'tel' }} />
}
