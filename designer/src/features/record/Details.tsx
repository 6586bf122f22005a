import { useMemo } from 'react'
import type { FieldDef, FormInfo, Rec } from '@/api/types'
import { cells } from '@/fields/cells'
import { arrange } from '@/fields/FormBody'
import { LinesCell } from '@/fields/lines/Cell'
import { blank } from '@/fields/member'
import '@/fields/fields.css'
import '@/fields/form-body.css'
import { useLabel } from '@/i18n'
import { cx } from '@/lib/cx'

interface Props {
  record: Rec
  info: FormInfo
  /** Which fields may be edited now; a press on one of them begins editing there. */
  open: (f: FieldDef) => boolean
  onEdit: (path: string) => void
}

const WIDE = new Set<FieldDef['type']>(['longtext', 'address', 'lines', 'file', 'tags', 'multiselect'])

/** The record to read: its groups, without fields that have no value and can get none here. */
export function Details({ record, info, open, onEdit }: Props) {
  const label = useLabel()
  const hidden = useMemo(() => new Set(info.access.hidden), [info])
  const parts = useMemo(() => {
    const { flow, tabs } = arrange(info.definition, hidden, (g) => label(g.name, g.id))
    return [...flow, ...tabs]
  }, [info, hidden, label])
  return (
    <>
      {parts.map((p) => {
        const fields = p.fields.filter(
          (f) => f.type !== 'serial' && (!blank(record.data[f.id]) || (open(f) && !f.visibleWhen)),
        )
        if (fields.length === 0) return null
        return (
          <section key={p.id} className="form-section panel">
            {p.title && <h2 className="form-title">{p.title}</h2>}
            <dl className="details">
              {fields.map((f) => {
                const Cell = f.type === 'lines' ? LinesCell : cells[f.type]
                const editable = open(f)
                return (
                  <div key={f.id} className={cx('detail', WIDE.has(f.type) && 'detail-wide')}>
                    <dt>{label(f.name, f.id)}</dt>
                    {/* The edit button is the way for keyboards; a double press is a shortcut for the mouse. */}
                    <dd onDoubleClick={editable ? () => onEdit(`/${f.id}`) : undefined}>
                      <Cell field={f} value={record.data[f.id]} />
                    </dd>
                  </div>
                )
              })}
            </dl>
          </section>
        )
      })}
    </>
  )
}
