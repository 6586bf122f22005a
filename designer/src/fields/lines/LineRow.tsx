// biome-ignore-all lint/a11y/useSemanticElements: a table of divs, because rows of a real one cannot be left unpainted off screen
// biome-ignore-all lint/a11y/useFocusableInteractive: cells hold the inputs, which are focused themselves
import { memo } from 'react'
import type { FieldDef } from '@/api/types'
import { useLabel } from '@/i18n'
import { cx } from '@/lib/cx'
import { IconButton } from '@/ui/Button'
import { inputs } from '../inputs'
import { useT } from '../texts'
import type { Line } from './index'
import type { LineActs } from './useLines'

/** Everything outside the line itself that its picture depends on, as one text: equal texts need no new picture. */
export interface LineView {
  /** By column: error sentence, settled value when the line itself has none, and whether hidden, required, read-only. */
  errors: Record<string, string>
  settled: Record<string, unknown>
  hidden: string[]
  closed: string[]
  required: string[]
  error?: string
}

export interface LineRowProps {
  line: Line
  i: number
  view: string
  field: FieldDef
  columns: readonly FieldDef[]
  base: string
  readOnly: boolean
  phone: boolean
  acts: LineActs
  onTouch: (path: string) => void
}

/** One line: a row of the table, or a card on phones. Drawn again only when it or its view changed. */
export const LineRow = memo(function LineRow({
  line,
  i,
  view,
  field,
  columns,
  base,
  readOnly,
  phone,
  acts,
  onTouch,
}: LineRowProps) {
  const t = useT()
  const label = useLabel()
  const v = JSON.parse(view) as LineView
  return (
    <div className={cx(phone ? 'line-card panel' : 'line-row', v.error && 'line-bad')} role="row" aria-rowindex={i + 2}>
      <div className="line-no" role="rowheader">
        {phone ? t('line', { n: i + 1 }) : i + 1}
      </div>
      {columns.map((c) => {
        const Input = inputs[c.type]
        const id = `${base}-${i}-${c.id}`
        const error = v.errors[c.id]
        const own = line[c.id]
        const shown = own === undefined || c.type === 'computed' ? v.settled[c.id] : own
        const name = label(c.name, c.id)
        return (
          <div key={c.id} className={cx('line-cell', `line-${c.type}`)} role="cell" data-column={c.id}>
            {!v.hidden.includes(c.id) && (
              <>
                {phone && (
                  <label htmlFor={id} className="field-label">
                    {name}
                    {v.required.includes(c.id) && <span className="field-required">*</span>}
                  </label>
                )}
                <Input
                  id={id}
                  field={c}
                  value={shown}
                  compact={!phone}
                  readOnly={readOnly || v.closed.includes(c.id)}
                  {...(phone ? {} : { 'aria-label': `${name} ${i + 1}` })}
                  {...(error ? { 'aria-invalid': true as const, 'aria-describedby': `${id}e` } : {})}
                  onChange={(value) => acts.set(i, c.id, value)}
                  onBlur={() => onTouch(`/${field.id}/${i}/${c.id}`)}
                />
                {error && (
                  <div className="line-error" id={`${id}e`} title={error}>
                    {error}
                  </div>
                )}
              </>
            )}
          </div>
        )
      })}
      {!readOnly && (
        <div className="line-acts" role="cell">
          <IconButton
            icon="copy"
            small
            tabIndex={phone ? 0 : -1}
            label={t('duplicateLine', { n: i + 1 })}
            onClick={() => acts.duplicate(i)}
          />
          <IconButton
            icon="trash"
            small
            tabIndex={phone ? 0 : -1}
            label={t('removeLine', { n: i + 1 })}
            onClick={() => acts.remove(i)}
          />
        </div>
      )}
      {v.error && (
        <div className="line-whole field-error" role="alert">
          {v.error}
        </div>
      )}
    </div>
  )
})
