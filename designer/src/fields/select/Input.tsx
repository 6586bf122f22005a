import { useLabel, useT as useShared } from '@/i18n'
import { cx } from '@/lib/cx'
import { Select } from '@/ui/Field'
import { plain } from '../member'
import { offered } from '../parts/choices'
import { bare, type InputProps } from '../props'

/** The browser's own select (a wheel on phones) with the chosen option's colour beside it. */
export function SelectInput(p: InputProps) {
  const label = useLabel()
  const t = useShared()
  const id = plain(p.value)
  const options = offered(p.field, [id])
  const color = options.find((o) => o.id === id)?.color
  return (
    <span className={cx('choice', color && `c-${color}`, color && 'choice-coloured')}>
      <Select
        {...bare(p)}
        className={cx(p.compact && 'cell-input')}
        disabled={p.readOnly}
        value={options.some((o) => o.id === id) ? id : ''}
        placeholder={p.compact ? '' : t('choose')}
        choices={options.map((o) => ({ id: o.id, name: label(o.name, o.id) }))}
        onChange={(e) => p.onChange(e.target.value === '' ? null : e.target.value)}
      />
    </span>
  )
}
