import { Badge } from '@/ui/Badge'
import { blank } from '../member'
import { choiceText } from '../parts/choices'
import type { CellProps } from '../props'
import { useFields } from '../setup'

export function SelectCell({ field, value }: CellProps) {
  const { lang } = useFields()
  if (blank(value)) return <span className="muted">—</span>
  const options = field.options ?? []
  return <Badge color={options.find((o) => o.id === value)?.color}>{choiceText(String(value), options, lang)}</Badge>
}
