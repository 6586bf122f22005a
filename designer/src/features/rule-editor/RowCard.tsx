import type { Condition } from '@/api/types'
import { resolve } from '@/expr/check'
import { useLabel, useLang } from '@/i18n'
import { cx } from '@/lib/cx'
import { constantText } from '@/rule/sentence'
import { Button, IconButton } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { Menu, type MenuItem } from '@/ui/Menu'
import { asGroup, partPath, rowParts } from './rows'
import { Sentence } from './Sentence'
import { useT } from './texts'
import type { EditorActs } from './useEditor'

interface Props {
  e: EditorActs
  i: number
  hits: string | undefined
  problems: readonly string[]
}

/** Places of line groups inside a row's condition, to which conditions can be added too. */
function lineGroups(c: Condition | undefined, at: (string | number)[]): { name: string; path: (string | number)[] }[] {
  if (!c) return []
  if (c.combinator) return (c.rules ?? []).flatMap((r, i) => lineGroups(r, [...at, 'rules', i]))
  return c.match ? [{ name: c.field ?? '', path: [...at, 'value'] }] : []
}

/** A row as a sentence: tap what should change. */
export function RowCard({ e, i, hits, problems }: Props) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const row = e.rule.rows[i]
  if (!row) return null
  const name = label(row.name)
  const list = e.rule.mode === 'list'
  const tap = (at: (string | number)[]) => {
    const path = partPath(e.rule, row, i, at)
    e.show(list ? { kind: 'part', path, row: i } : { kind: 'cell', row: i, input: String(path.at(-1)) })
  }
  const groups = list ? lineGroups(row.when, ['rows', i, 'when']) : []
  const free = list ? [] : (e.rule.inputs ?? []).filter((x) => !row.if?.[x.id])
  const inputName = (x: (typeof free)[number]) => label(x.name) || label(resolve(x.field, e.shape)?.slot.name, x.field)
  return (
    <li className={cx('rule-card panel', row.off && 'rule-off', problems.length > 0 && 'rule-bad')} id={`row-${i}`}>
      <header className="rule-card-head">
        <span className="rule-no">{i + 1}</span>
        <span className="rule-name">{name || t('row', { n: i + 1 })}</span>
        {hits && <span className="rule-hits">{hits}</span>}
        <Switch
          on={!row.off}
          disabled={e.readOnly}
          label={t('toggle', { n: i + 1 })}
          onChange={(on) => (on ? e.unset(['rows', i, 'off']) : e.set(['rows', i, 'off'], true))}
        />
        {!e.readOnly && <RowMenu e={e} i={i} />}
      </header>
      <p className="rule-sentence">
        <span className="rule-word">{t('when')} </span>
        <Sentence parts={rowParts(e.rule, row, e.shape, lang)} onTap={e.readOnly ? undefined : tap} />
        <span className="rule-word">{t('whenEnd')}</span>
      </p>
      <p className="rule-sentence rule-then">
        <Icon name="move" size={16} />
        <Outcome e={e} row={i} then={row.then} />
      </p>
      {!e.readOnly && (
        <div className="rule-add">
          {list && (
            <Button small look="quiet" icon="plus" onClick={() => e.addCondition(i, ['rows', i, 'when'])}>
              {t('addCondition')}
            </Button>
          )}
          {groups.map((g) => (
            <Button key={g.path.join('/')} small look="quiet" icon="plus" onClick={() => e.addCondition(i, g.path)}>
              {label(resolve(g.name, e.shape)?.slot.name, g.name)}
            </Button>
          ))}
          {free.map((x) => (
            <Button
              key={x.id}
              small
              look="quiet"
              icon="plus"
              onClick={() => e.show({ kind: 'cell', row: i, input: x.id })}
            >
              {inputName(x)}
            </Button>
          ))}
        </div>
      )}
      {problems.map((p) => (
        <p key={p} className="field-error rule-problem">
          <Icon name="warn" size={16} /> {p}
        </p>
      ))}
    </li>
  )
}

/** What a row, or the case that none holds, sets. */
export function Outcome({
  e,
  row,
  then,
}: {
  e: EditorActs
  row: number
  then: EditorActs['rule']['rows'][number]['then'] | undefined
}) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  return (
    <span>
      {e.rule.outputs.map((o) => {
        const slot = resolve(o.field, e.shape)?.slot
        const term = then?.[o.field]
        const text = term?.formula ?? constantText(term?.value, slot, lang)
        return (
          <span key={o.field} className="rule-outcome">
            {label(slot?.name, o.field)} {t('is')}{' '}
            {e.readOnly ? (
              text
            ) : (
              <button
                type="button"
                className="part part-value"
                aria-label={t('editPart', { text })}
                onClick={() => e.show({ kind: 'term', row, output: o.field })}
              >
                {text}
              </button>
            )}
          </span>
        )
      })}
    </span>
  )
}

/** On or off. */
export function Switch({
  on,
  label,
  disabled,
  onChange,
}: {
  on: boolean
  label: string
  disabled?: boolean
  onChange: (on: boolean) => void
}) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-checked={on}
        checked={on}
        disabled={disabled}
        onChange={(ev) => onChange(ev.target.checked)}
      />
      <span />
    </label>
  )
}

/** What can be done to a whole row. */
export function RowMenu({ e, i }: { e: EditorActs; i: number }) {
  const t = useT()
  const row = e.rule.rows[i]
  const when = row?.when
  const several = e.rule.mode === 'list' && (when?.rules?.length ?? 0) > 1
  const combine = (combinator: 'and' | 'or'): MenuItem => ({
    id: combinator,
    text: t(combinator),
    note: t('combinator'),
    checked: (when?.combinator ?? 'and') === combinator,
    onSelect: () => e.set(['rows', i, 'when'], { ...asGroup(when), combinator }),
  })
  const items: MenuItem[] = [
    { id: 'up', text: t('moveUp'), icon: 'up', disabled: i === 0, onSelect: () => e.moveRow(i, i - 1) },
    {
      id: 'down',
      text: t('moveDown'),
      icon: 'down',
      disabled: i === e.rule.rows.length - 1,
      onSelect: () => e.moveRow(i, i + 1),
    },
    { id: 'copy', text: t('copy'), icon: 'copy', onSelect: () => e.copy(i) },
    { id: 'name', text: t('rename'), icon: 'edit', onSelect: () => e.show({ kind: 'name', row: i }) },
    ...(several ? [combine('and'), combine('or')] : []),
    { id: 'remove', text: t('remove'), icon: 'trash', danger: true, onSelect: () => e.removeRow(i) },
  ]
  const title = t('rowMenu', { n: i + 1 })
  return <Menu title={title} items={items} button={(p) => <IconButton {...p} icon="more" label={title} />} />
}
