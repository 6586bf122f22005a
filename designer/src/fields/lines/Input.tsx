// biome-ignore-all lint/a11y/useSemanticElements: a table of divs, because rows of a real one cannot be left unpainted off screen
// biome-ignore-all lint/a11y/useFocusableInteractive: cells hold the inputs, which are focused themselves
import { useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { FieldDef } from '@/api/types'
import { useLabel } from '@/i18n'
import { Button } from '@/ui/Button'
import { type EntryContext, useEntryContext } from '../form/context'
import type { InputProps } from '../props'
import { useT } from '../texts'
import { linesOf } from './index'
import { LineRow, type LineView } from './LineRow'
import './lines.css'
import { isTable } from './tsv'
import { nameOf, useLines } from './useLines'

/** How many lines are drawn before somebody asks for the rest. */
const FIRST = 200

const query = '(max-width: 719px)'

/** Whether the window is as narrow as a phone. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (run) => {
      const m = globalThis.matchMedia?.(query)
      m?.addEventListener('change', run)
      return () => m?.removeEventListener('change', run)
    },
    () => globalThis.matchMedia?.(query).matches ?? false,
  )
}

/** Least width in pixels and share of what is left, by type. */
const WIDTHS: Partial<Record<FieldDef['type'], [number, number]>> = {
  number: [88, 1],
  integer: [72, 0.8],
  money: [96, 1],
  computed: [96, 1],
  boolean: [56, 0.5],
  date: [136, 1],
  datetime: [190, 1.2],
  reference: [160, 2],
  text: [112, 1.4],
  scan: [136, 1.3],
  select: [136, 1.2],
}

/** The columns of the table: the same widths in every row, wherever its text would like to be. */
function layoutOf(columns: readonly FieldDef[], acts: boolean): React.CSSProperties {
  const widths = columns.map((c) => WIDTHS[c.type] ?? [112, 1.2])
  const template = widths.map(([min, share]) => `minmax(${min}px, ${share}fr)`).join(' ')
  const least = widths.reduce((sum, [min = 0]) => sum + min, 44 + (acts ? 76 : 0))
  return {
    '--line-columns': `44px ${template}${acts ? ' 76px' : ''}`,
    '--line-width': `${least}px`,
  } as React.CSSProperties
}

/** Line items: a table on wide screens (Enter goes down, spreadsheets can be pasted), cards on phones. */
export function LinesInput(p: InputProps) {
  const t = useT()
  const label = useLabel()
  const entry = useEntryContext()
  const phone = usePhone()
  const lines = linesOf(p.value)
  const acts = useLines(p.field, p.value, p.onChange, t)
  const grid = useRef<HTMLDivElement>(null)
  const [all, setAll] = useState(false)
  const columns = useMemo(() => p.field.fields ?? [], [p.field])
  const touch = useStable(entry)
  const shown = all ? lines : lines.slice(0, FIRST)

  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key !== 'Enter' || e.nativeEvent.isComposing || e.shiftKey || !(e.target instanceof HTMLElement)) return
    if (e.target instanceof HTMLButtonElement || e.target instanceof HTMLTextAreaElement) return
    const cell = e.target.closest<HTMLElement>('[data-column]')
    const row = cell?.closest('[role=row]')
    if (!cell || !row || phone) return
    e.preventDefault()
    const i = Number(row.getAttribute('aria-rowindex')) - 2
    if (i + 1 >= lines.length && !p.readOnly) acts.add()
    // The new row exists after React has drawn it.
    requestAnimationFrame(() => focusCell(grid.current, i + 1, cell.dataset.column ?? ''))
  }
  const onPaste = (e: React.ClipboardEvent) => {
    const text = e.clipboardData.getData('text/plain')
    if (p.readOnly || !isTable(text) || !(e.target instanceof HTMLElement)) return
    const cell = e.target.closest<HTMLElement>('[data-column]')
    e.preventDefault()
    const row = cell?.closest('[role=row]')?.getAttribute('aria-rowindex')
    acts.paste(text, row ? Number(row) - 2 : lines.length, cell?.dataset.column ?? '')
  }

  return (
    <div className="lines" id={p.id} onPaste={onPaste}>
      {lines.length === 0 && <PasteTarget readOnly={p.readOnly} text={t(phone ? 'noLinesPhone' : 'noLines')} />}
      {lines.length > 0 && (
        <div
          ref={grid}
          className={phone ? 'line-cards' : 'line-table panel'}
          role="table"
          aria-label={label(p.field.name, p.field.id)}
          aria-rowcount={lines.length + 1}
          style={phone ? undefined : layoutOf(columns, !p.readOnly)}
          onKeyDown={onKeyDown}
        >
          {!phone && <Head columns={columns} acts={!p.readOnly} />}
          {shown.map((line, i) => (
            <LineRow
              key={nameOf(line)}
              line={line}
              i={i}
              view={viewOf(p.field, columns, i, entry)}
              field={p.field}
              columns={columns}
              base={p.id}
              readOnly={!!p.readOnly}
              phone={phone}
              acts={acts}
              onTouch={touch}
            />
          ))}
        </div>
      )}
      <div className="lines-foot">
        {!p.readOnly && (
          <Button icon="plus" onClick={() => acts.add()}>
            {t('addLine')}
          </Button>
        )}
        {shown.length < lines.length && (
          <Button look="quiet" onClick={() => setAll(true)}>
            {t('moreLines', { n: lines.length })}
          </Button>
        )}
      </div>
    </div>
  )
}

function PasteTarget({ text, readOnly }: { text: string; readOnly?: boolean | undefined }) {
  return (
    <div className="lines-empty" tabIndex={readOnly ? undefined : 0}>
      {text}
    </div>
  )
}

function Head({ columns, acts }: { columns: readonly FieldDef[]; acts: boolean }) {
  const label = useLabel()
  const t = useT()
  return (
    <div className="line-row line-head" role="row">
      <span role="columnheader" className="line-no" aria-label="#">
        #
      </span>
      {columns.map((c) => (
        <span key={c.id} role="columnheader" className={`line-${c.type}`} title={label(c.name, c.id)}>
          {label(c.name, c.id)}
          {c.required && <span className="field-required">*</span>}
          {c.unit && <span className="muted"> {c.unit}</span>}
        </span>
      ))}
      {acts && <span role="columnheader" aria-label={t('lineActions')} />}
    </div>
  )
}

/** A touch function that stays the same, so that rows are not drawn for it. */
function useStable(entry: EntryContext | undefined): (path: string) => void {
  const now = useRef(entry)
  now.current = entry
  const [touch] = useState(() => (path: string) => now.current?.touch(path))
  return touch
}

function viewOf(field: FieldDef, columns: readonly FieldDef[], i: number, entry: EntryContext | undefined): string {
  const v: LineView = { errors: {}, settled: {}, hidden: [], closed: [], required: [] }
  const whole = entry?.errorAt(`/${field.id}/${i}`)
  if (whole) v.error = whole
  for (const c of columns) {
    const error = entry?.errorAt(`/${field.id}/${i}/${c.id}`)
    if (error) v.errors[c.id] = error
    if (c.type === 'computed' || c.defaultFormula) v.settled[c.id] = entry?.settled(field.id, i, c.id)
    if (c.required) v.required.push(c.id)
    if (!c.visibleWhen && !c.requiredWhen && !c.readOnlyWhen && !c.readOnly) continue
    const s = entry?.state(c.id, field.id, i)
    if (s && !s.visible) v.hidden.push(c.id)
    if (s?.required && !c.required) v.required.push(c.id)
    if (s?.readOnly) v.closed.push(c.id)
  }
  return JSON.stringify(v)
}

function focusCell(grid: HTMLElement | null, row: number, column: string): void {
  const cell = grid?.querySelector(`[aria-rowindex="${row + 2}"] [data-column="${CSS.escape(column)}"]`)
  const input = cell?.querySelector<HTMLElement>('input, select, textarea')
  input?.focus()
  if (input instanceof HTMLInputElement && input.type !== 'checkbox') input.select()
}
