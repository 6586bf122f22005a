import { useState } from 'react'
import type { Condition, Json, Term } from '@/api/types'
import { resolve } from '@/expr/check'
import { useLabel, useLang } from '@/i18n'
import type { Condition as RuleCondition } from '@/rule'
import { Button } from '@/ui/Button'
import { Sheet } from '@/ui/Dialog'
import { Field, Input } from '@/ui/Field'
import { ComparisonSheet } from './ComparisonSheet'
import { scopeAt } from './paths'
import { asGroup } from './rows'
import { at, type Path } from './store'
import { TermSheet } from './TermSheet'
import { useT } from './texts'
import type { EditorActs, Open } from './useEditor'

/** The sheet for what was tapped. */
export function Sheets({ e }: { e: EditorActs }) {
  const close = () => e.show(undefined)
  switch (e.open?.kind) {
    case 'part':
      return <PartSheet key={e.open.path.join('/')} e={e} open={e.open} onClose={close} />
    case 'cell':
      return <CellSheet key={`${e.open.row}/${e.open.input}`} e={e} open={e.open} onClose={close} />
    case 'term':
      return <Output e={e} open={e.open} onClose={close} />
    case 'name':
      return <LabelSheet e={e} path={['rows', e.open.row, 'name']} title="rowName" onClose={close} />
    case 'reason':
      return <LabelSheet e={e} path={['noMatch', 'reason']} title="refuseReason" onClose={close} />
    default:
      return null
  }
}

function PartSheet({
  e,
  open,
  onClose,
}: {
  e: EditorActs
  open: Extract<Open, { kind: 'part' }>
  onClose: () => void
}) {
  const when = e.rule.rows[open.row]?.when
  const inside = open.path.slice(3)
  const { shape, columns, inLines } = scopeAt(e.shape, e.form, asGroup(when), inside)
  const parent = open.path.slice(0, -2)
  const i = Number(open.path.at(-1))
  const listed = open.path.at(-2) === 'rules'
  const apply = (c: RuleCondition) => {
    if (open.isNew) {
      // A row whose condition is a single comparison becomes a group of two.
      const group = asGroup(at(e.rule, parent) as Condition | undefined)
      e.set(parent, { ...group, rules: [...(group.rules ?? []), c] })
    } else e.set(open.path, c)
    onClose()
  }
  const remove = () => {
    if (listed) e.remove(open.path.slice(0, -1), i)
    else e.set(['rows', open.row, 'when'], asGroup(undefined))
    onClose()
  }
  const condition = open.isNew ? {} : ((at(e.rule, open.path) as RuleCondition | undefined) ?? {})
  return (
    <ComparisonSheet
      condition={condition}
      shape={shape}
      columns={columns}
      inLines={inLines}
      onApply={apply}
      onDelete={open.isNew ? undefined : remove}
      onClose={onClose}
    />
  )
}

function CellSheet({
  e,
  open,
  onClose,
}: {
  e: EditorActs
  open: Extract<Open, { kind: 'cell' }>
  onClose: () => void
}) {
  const input = e.rule.inputs?.find((x) => x.id === open.input)
  const cell = e.rule.rows[open.row]?.if?.[open.input]
  if (!input) return null
  const dot = input.field.indexOf('.')
  const lines = input.match && dot > 0 ? resolve(input.field.slice(0, dot), e.shape)?.slot.rows : undefined
  const field = lines ? input.field.slice(dot + 1) : input.field
  const columns = lines ? (e.form.fields.find((f) => f.id === input.field.slice(0, dot))?.fields ?? []) : e.form.fields
  const path: Path = ['rows', open.row, 'if', input.id]
  return (
    <ComparisonSheet
      fixed
      condition={{ field, operator: cell?.operator ?? '=', value: cell?.value }}
      shape={lines ?? e.shape}
      columns={columns}
      inLines={!!lines}
      onApply={(c) => {
        e.set(path, { operator: c.operator, ...(c.value !== undefined && { value: c.value }) })
        onClose()
      }}
      onDelete={
        cell
          ? () => {
              e.unset(path)
              onClose()
            }
          : undefined
      }
      onClose={onClose}
    />
  )
}

function Output({ e, open, onClose }: { e: EditorActs; open: Extract<Open, { kind: 'term' }>; onClose: () => void }) {
  const path: Path = open.row < 0 ? ['noMatch', 'then', open.output] : ['rows', open.row, 'then', open.output]
  const apply = (term: Term) => {
    e.set(path, term.formula !== undefined ? { formula: term.formula } : { value: (term.value ?? null) as Json })
    onClose()
  }
  return (
    <TermSheet
      output={open.output}
      term={at(e.rule, path) as Term | undefined}
      form={e.form}
      shape={e.shape}
      onApply={apply}
      onClose={onClose}
    />
  )
}

function LabelSheet({
  e,
  path,
  title,
  onClose,
}: {
  e: EditorActs
  path: Path
  title: 'rowName' | 'refuseReason'
  onClose: () => void
}) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const [text, setText] = useState(label(at(e.rule, path) as { zh?: string; en?: string } | undefined))
  const apply = () => {
    const old = (at(e.rule, path) ?? {}) as Record<string, string>
    if (text.trim() === '') e.unset(path)
    else e.set(path, { ...old, [lang]: text.trim() })
    onClose()
  }
  return (
    <Sheet
      title={t(title)}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={apply}>
          {t('apply')}
        </Button>
      }
    >
      <Field label={t(title)}>
        {(p) => (
          <Input
            {...p}
            value={text}
            onChange={(ev) => setText(ev.target.value)}
            onKeyDown={(ev) => ev.key === 'Enter' && apply()}
          />
        )}
      </Field>
    </Sheet>
  )
}
