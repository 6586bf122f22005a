import { NumberBox } from '../parts/NumberBox'
import { currencySign } from '../parts/numbers'
import type { InputProps } from '../props'
import { useFields } from '../setup'

export function MoneyInput(p: InputProps) {
  const { currency } = useFields()
  return <NumberBox {...p} prefix={currencySign(p.field.currency ?? currency).trim()} />
}
