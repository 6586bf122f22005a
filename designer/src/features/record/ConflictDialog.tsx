import { useState } from 'react'
import type { FormDef } from '@/api/types'
import { cells } from '@/fields/cells'
import { LinesCell } from '@/fields/lines/Cell'
import { useLabel, useT as useShared } from '@/i18n'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import type { Conflict } from './merge'
import { useT } from './texts'

interface Props {
  def: FormDef
  conflicts: Conflict[]
  onClose: () => void
  /** Saves with the fields for which the other's value is kept. */
  onSave: (theirs: Set<string>) => void
}

/** Each value that two people changed: as it was, theirs, yours, and which to keep. */
export function ConflictDialog({ def, conflicts, onClose, onSave }: Props) {
  const t = useT()
  const shared = useShared()
  const label = useLabel()
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set())
  const choose = (field: string, other: boolean) => {
    const next = new Set(theirs)
    if (other) next.add(field)
    else next.delete(field)
    setTheirs(next)
  }
  return (
    <Dialog
      wide
      title={t('conflictTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shared('cancel')}</Button>
          <Button look="primary" onClick={() => onSave(new Set(theirs))}>
            {t('saveMerged')}
          </Button>
        </>
      }
    >
      <p className="muted">{t('conflictText')}</p>
      {conflicts.map((c) => {
        const f = def.fields.find((x) => x.id === c.field)
        const Cell = f && (f.type === 'lines' ? LinesCell : cells[f.type])
        if (!f || !Cell) return null
        return (
          <fieldset key={c.field} className="conflict">
            <legend>{label(f.name, f.id)}</legend>
            <div className="conflict-base">
              <span className="field-note">{t('base')}</span>
              <Cell field={f} value={c.base} />
            </div>
            {[true, false].map((other) => (
              <label key={String(other)} className="conflict-side">
                <input
                  type="radio"
                  name={`conflict-${c.field}`}
                  checked={theirs.has(c.field) === other}
                  onChange={() => choose(c.field, other)}
                />
                <span>
                  <strong>{t(other ? 'keepTheirs' : 'keepYours')}</strong>
                  <Cell field={f} value={other ? c.theirs : c.yours} />
                </span>
              </label>
            ))}
          </fieldset>
        )
      })}
    </Dialog>
  )
}
