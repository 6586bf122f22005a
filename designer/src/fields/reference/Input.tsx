import { useDeferredValue, useId, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { IconButton } from '@/ui/Button'
import { Input } from '@/ui/Field'
import { plain } from '../member'
import { bare, type InputProps } from '../props'
import { useT } from '../texts'
import { recordName, useRecordSearch, useReferenceName } from './search'

/** A box to search the records of another form; arrow keys and Enter choose, Esc closes. */
export function ReferenceInput(p: InputProps) {
  const id = plain(p.value)
  const [changing, setChanging] = useState(false)
  if (id !== '' && !changing) return <Chosen {...p} recordId={id} onClear={() => setChanging(true)} />
  return <Search {...p} autoFocus={changing} onDone={() => setChanging(false)} />
}

function Chosen({ recordId, onClear, ...p }: InputProps & { recordId: string; onClear: () => void }) {
  const t = useT()
  const name = useReferenceName(p.field.form, recordId)
  return (
    <span className={cx('reference', p.compact && 'cell-reference')}>
      <Input {...bare(p)} className={cx(p.compact && 'cell-input')} readOnly value={name} title={name} />
      {!p.readOnly && (
        <IconButton
          icon="close"
          small
          label={t('clearChoice')}
          onClick={() => {
            p.onChange(null)
            onClear()
          }}
        />
      )}
    </span>
  )
}

function Search({ autoFocus, onDone, ...p }: InputProps & { autoFocus: boolean; onDone: () => void }) {
  const t = useT()
  const list = useId()
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(!!autoFocus)
  const [active, setActive] = useState(0)
  const found = useRecordSearch(p.field.form, useDeferredValue(typed), open)
  const items = found.data?.items ?? []
  const box = useRef<HTMLSpanElement>(null)
  const choose = (i: number) => {
    const r = items[i]
    if (!r) return
    p.onChange(r.id)
    setOpen(false)
    onDone()
  }
  const keys = (e: React.KeyboardEvent) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      setOpen(true)
      setActive((i) => Math.max(0, Math.min(items.length - 1, i + (e.key === 'ArrowDown' ? 1 : -1))))
    } else if (e.key === 'Enter' && open && items.length > 0) {
      e.preventDefault()
      e.stopPropagation()
      choose(active)
    } else if (e.key === 'Escape') setOpen(false)
  }
  return (
    <span className={cx('reference', p.compact && 'cell-reference')} ref={box}>
      <Input
        {...bare(p)}
        className={cx(p.compact && 'cell-input')}
        role="combobox"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && items[active] ? `${list}-${active}` : undefined}
        autoComplete="off"
        enterKeyHint="search"
        autoFocus={autoFocus}
        readOnly={p.readOnly}
        placeholder={p.compact ? '' : t('searchRecords')}
        value={typed}
        // Not on focus: going to a box that is wrong must not hide the reason behind the list.
        onClick={() => setOpen(!p.readOnly)}
        onChange={(e) => {
          setTyped(e.target.value)
          setOpen(true)
          setActive(0)
        }}
        onKeyDown={keys}
        onBlur={() => {
          setOpen(false)
          onDone()
          p.onBlur?.()
        }}
      />
      {open && (
        <div className="reference-list" id={list} role="listbox" aria-label={t('searchRecords')}>
          {items.map((r, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the box, which keeps the focus
            <div
              key={r.id}
              id={`${list}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              className={cx('reference-item', i === active && 'reference-active')}
              onPointerDown={(e) => e.preventDefault()}
              onClick={() => choose(i)}
            >
              {recordName(r)}
            </div>
          ))}
          {items.length === 0 && (
            <div className="reference-none">{t(found.isFetching ? 'searching' : 'noRecords')}</div>
          )}
        </div>
      )}
    </span>
  )
}
