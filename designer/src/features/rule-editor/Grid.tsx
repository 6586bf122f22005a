import { resolve } from '@/expr/check'
import { useLabel, useLang } from '@/i18n'
import { cx } from '@/lib/cx'
import { constantText, phraseOf } from '@/rule/sentence'
import { RowMenu, Switch } from './RowCard'
import { type Key, useT } from './texts'
import type { EditorActs } from './useEditor'

/** A decision table as a grid: a column per input and output, a press on a cell changes it; arrow keys walk. */
export function Grid({
  e,
  hits,
  problems,
}: {
  e: EditorActs
  hits: (i: number) => string | undefined
  problems: (i: number) => string[]
}) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const inputs = e.rule.inputs ?? []
  const name = (path: string) => label(resolve(path, e.shape)?.slot.name, path)
  const cell = (field: string, c: { operator: string; value?: unknown } | undefined): string => {
    if (!c) return t('any')
    const slot = resolve(field, e.shape)?.slot
    const value = constantText(c.value, slot, lang).replace(/[“”]/g, '')
    if (c.operator === '=' || c.operator === 'in') return value
    const [before, after] = phraseOf(c.operator, slot, lang)
    return c.operator === 'null' || c.operator === 'notNull'
      ? before.trim()
      : `${before.trim()} ${value} ${after.trim()}`.trim()
  }
  const walk = (ev: React.KeyboardEvent) => {
    const to = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[ev.key]
    const td = ev.target instanceof HTMLElement ? ev.target.closest('td') : null
    const tr = td?.parentElement
    if (!to || !td || !(tr instanceof HTMLTableRowElement)) return
    const row = (tr.parentElement as HTMLTableSectionElement).rows[tr.sectionRowIndex + (to[0] ?? 0)]
    const next = row?.cells[td.cellIndex + (to[1] ?? 0)]?.querySelector<HTMLElement>('button, input')
    if (next) ev.preventDefault()
    next?.focus()
  }
  return (
    <div className="grid-frame panel">
      <table className="grid" onKeyDown={walk}>
        <caption className="visually-hidden">{t('grid')}</caption>
        <thead>
          <tr>
            <th>#</th>
            {inputs.map((x) => (
              <th key={x.id} scope="col">
                {label(x.name) || name(x.field)}
                {x.match && <span className="muted"> {t(`lines.${x.match.mode}` as Key)}</span>}
              </th>
            ))}
            {e.rule.outputs.map((o) => (
              <th key={o.field} scope="col" className="grid-out">
                {name(o.field)}
              </th>
            ))}
            <th>
              <span className="visually-hidden">{t('on')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {e.rule.rows.map((row, i) => {
            const wrong = problems(i)
            return (
              <tr key={row.id} className={cx(row.off && 'rule-off', wrong.length > 0 && 'rule-bad')} id={`row-${i}`}>
                <th scope="row" title={wrong.join('\n') || label(row.name)}>
                  {i + 1}
                </th>
                {inputs.map((x) => (
                  <td key={x.id}>
                    <button
                      type="button"
                      className={cx('grid-cell', !row.if?.[x.id] && 'grid-any')}
                      disabled={e.readOnly}
                      onClick={() => e.show({ kind: 'cell', row: i, input: x.id })}
                    >
                      {cell(x.field, row.if?.[x.id])}
                    </button>
                  </td>
                ))}
                {e.rule.outputs.map((o) => (
                  <td key={o.field} className="grid-out">
                    <button
                      type="button"
                      className="grid-cell"
                      disabled={e.readOnly}
                      onClick={() => e.show({ kind: 'term', row: i, output: o.field })}
                    >
                      {row.then[o.field]?.formula ??
                        constantText(row.then[o.field]?.value, resolve(o.field, e.shape)?.slot, lang).replace(
                          /[“”]/g,
                          '',
                        )}
                    </button>
                  </td>
                ))}
                <td className="grid-acts">
                  {hits(i) && <span className="rule-hits">{hits(i)}</span>}
                  <Switch
                    on={!row.off}
                    disabled={e.readOnly}
                    label={t('toggle', { n: i + 1 })}
                    onChange={(on) => (on ? e.unset(['rows', i, 'off']) : e.set(['rows', i, 'off'], true))}
                  />
                  {!e.readOnly && <RowMenu e={e} i={i} />}
                  {wrong.map((p) => (
                    <p key={p} className="field-error">
                      {p}
                    </p>
                  ))}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
