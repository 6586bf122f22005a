import { NumberBox } from '../parts/NumberBox'
import type { InputProps } from '../props'

export function IntegerInput(p: InputProps) {
  return <NumberBox {...p} whole suffix={p.field.unit} />
}
