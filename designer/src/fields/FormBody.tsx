import { useCallback, useMemo, useRef, useState } from 'react'
import type { FieldDef, FormDef } from '@/api/types'
import { useLabel } from '@/i18n'
import { cx } from '@/lib/cx'
import { FieldView } from './FieldView'
import { EntryContextProvider } from './form/context'
import type { Entry } from './form/useEntry'
import './form-body.css'
import { useT } from './texts'

interface Part {
  id: string
  title: string
  fields: FieldDef[]
}

interface Arranged {
  /** Groups that stand below each other, and groups that are tabs of their own. */
  flow: Part[]
  tabs: Part[]
}

/** The fields in the form's groups; those that no group names come first, in a group without title. */
export function arrange(
  def: FormDef,
  hidden: ReadonlySet<string>,
  title: (g: NonNullable<FormDef['layout']>[number]) => string,
): Arranged {
  const known = new Map(def.fields.filter((f) => !hidden.has(f.id)).map((f) => [f.id, f]))
  const flow: Part[] = []
  const tabs: Part[] = []
  for (const g of def.layout ?? []) {
    const fields = g.fields.flatMap((id) => known.get(id) ?? [])
    for (const f of fields) known.delete(f.id)
    if (fields.length > 0) (g.tab ? tabs : flow).push({ id: g.id, title: title(g), fields })
  }
  if (known.size > 0) flow.unshift({ id: '', title: '', fields: [...known.values()] })
  return { flow, tabs }
}

/** Brings the first input of a place into view and focuses it. */
export function focusPath(root: ParentNode | null, path: string): void {
  const [, field = '', line, column] = path.split('/')
  const box = root?.querySelector<HTMLElement>(`[data-path="/${CSS.escape(field)}"]`)
  if (!box) return
  const row =
    line !== undefined && /^\d+$/.test(line)
      ? box.querySelector<HTMLElement>(`[aria-rowindex="${Number(line) + 2}"]`)
      : null
  const cell = row && column ? row.querySelector<HTMLElement>(`[data-column="${CSS.escape(column)}"]`) : null
  const target = cell ?? row ?? box
  const input = target.querySelector<HTMLElement>('input:not([hidden]), select, textarea, button')
  target.scrollIntoView({ block: 'center' })
  input?.focus({ preventScroll: true })
}

/** The fields of a form in their groups and tabs. */
export function FormBody({ def, entry, hidden }: { def: FormDef; entry: Entry; hidden: ReadonlySet<string> }) {
  const label = useLabel()
  const t = useT()
  const parts = useMemo(() => arrange(def, hidden, (g) => label(g.name, g.id)), [def, hidden, label])
  const [tab, setTab] = useState('')
  const bad = (fields: readonly FieldDef[]) => fields.some((f) => entry.hasError(f.id))
  const flow = parts.flow.flatMap((p) => p.fields)
  const tabs = [...(flow.length > 0 ? [{ id: '', title: t('mainTab'), fields: flow }] : []), ...parts.tabs]
  const current = tabs.some((x) => x.id === tab) ? tab : (tabs[0]?.id ?? '')
  const root = useRef<HTMLDivElement>(null)

  entry.onFocus.current = useCallback(
    (path: string) => {
      const field = path.split('/')[1]
      setTab(parts.tabs.find((p) => p.fields.some((f) => f.id === field))?.id ?? '')
      requestAnimationFrame(() => focusPath(root.current, path))
    },
    [parts],
  )

  return (
    <EntryContextProvider value={entry.context}>
      <div ref={root} className="form-body">
        {parts.tabs.length > 0 && (
          <div className="form-tabs" role="tablist">
            {tabs.map((x) => (
              <button
                key={x.id}
                type="button"
                role="tab"
                aria-selected={x.id === current}
                className={cx('form-tab', bad(x.fields) && 'form-tab-bad')}
                onClick={() => setTab(x.id)}
              >
                {x.title}
              </button>
            ))}
          </div>
        )}
        {parts.flow.map((p) => (
          <Section key={p.id} part={p} entry={entry} hidden={current !== ''} />
        ))}
        {parts.tabs.map((p) => (
          <Section key={p.id} part={{ ...p, title: '' }} entry={entry} hidden={current !== p.id} />
        ))}
      </div>
    </EntryContextProvider>
  )
}

function Section({ part, entry, hidden }: { part: Part; entry: Entry; hidden: boolean }) {
  const visible = part.fields.filter((f) => entry.context.state(f.id).visible)
  if (visible.length === 0) return null
  return (
    <section className="form-section panel" hidden={hidden}>
      {part.title && <h2 className="form-title">{part.title}</h2>}
      <div className="form-grid">
        {visible.map((f) => (
          <FieldView key={f.id} field={f} value={entry.valueOf(f.id)} onChange={(value) => entry.set(f.id, value)} />
        ))}
      </div>
    </section>
  )
}
