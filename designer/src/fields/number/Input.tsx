import { NumberBox } from '../parts/NumberBox'
import type { InputProps } from '../props'

export function NumberInput(p: InputProps) {
  return <NumberBox {...p} suffix={p.field.unit} />
}
