import { TextArea } from '@/ui/Field'
import { plain } from '../member'
import { bare, type InputProps } from '../props'

export function LongTextInput(p: InputProps) {
  return (
    <TextArea
      {...bare(p)}
      rows={p.compact ? 1 : 3}
      readOnly={p.readOnly}
      value={plain(p.value)}
      onChange={(e) => p.onChange(e.target.value === '' ? null : e.target.value)}
    />
  )
}
