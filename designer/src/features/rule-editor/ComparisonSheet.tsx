import { useMemo, useState } from 'react'
import type { FieldDef } from '@/api/types'
import { resolve } from '@/expr/check'
import { compile } from '@/expr/index'
import type { Shape } from '@/expr/value'
import { useLang } from '@/i18n'
import type { Condition } from '@/rule'
import { OPERATORS, operatorsFor } from '@/rule/operators'
import { phraseOf } from '@/rule/sentence'
import { Button } from '@/ui/Button'
import { Sheet } from '@/ui/Dialog'
import { Field, Input, Select } from '@/ui/Field'
import { fieldOf, pathChoices } from './paths'
import { type Key, useT } from './texts'
import { convert, ValueEditor } from './ValueEditor'

interface Props {
  condition: Condition
  shape: Shape
  columns: readonly FieldDef[]
  inLines: boolean
  /** The field is given by a table's column. */
  fixed?: boolean
  onApply: (c: Condition) => void
  onDelete: (() => void) | undefined
  onClose: () => void
}

const MATCHES = ['some', 'all', 'none', 'atLeast', 'atMost', 'exactly'] as const

/** One comparison: what is looked at, how it is compared, and with what. */
export function ComparisonSheet({ condition, shape, columns, inLines, fixed, onApply, onDelete, onClose }: Props) {
  const t = useT()
  const lang = useLang()
  const [c, setC] = useState(condition)
  const choices = useMemo(() => pathChoices(shape, lang, inLines), [shape, lang, inLines])
  const slot = resolve(c.field ?? '', shape)?.slot
  const rows = slot?.kind === 'rows'

  const chooseField = (path: string) => {
    const next = resolve(path, shape)?.slot
    if (!next) return
    if (next.kind === 'rows')
      return setC({ field: path, operator: '=', match: { mode: 'some' }, value: { combinator: 'and', rules: [] } })
    const ops = operatorsFor(next)
    const operator = ops.includes(c.operator ?? '') ? (c.operator ?? '=') : (ops[0] ?? 'notNull')
    setC({
      field: path,
      operator,
      ...(next.kind === slot?.kind && !next.enum && !slot.enum
        ? { value: c.value }
        : { value: convert(undefined, operator) }),
    })
  }

  return (
    <Sheet
      title={c.field ? (choices.find((x) => x.id === c.field)?.name ?? c.field) : t('addCondition')}
      onClose={onClose}
      actions={
        <>
          {onDelete && (
            <Button look="danger" icon="trash" onClick={onDelete}>
              {t('deletePart')}
            </Button>
          )}
          <Button look="primary" disabled={!slot} onClick={() => onApply(c)}>
            {t('apply')}
          </Button>
        </>
      }
    >
      <div className="sheet-form">
        {!fixed && (
          <Field label={t('field')}>
            {(p) => (
              <Select
                {...p}
                value={c.field ?? ''}
                placeholder=""
                choices={choices}
                onChange={(e) => chooseField(e.target.value)}
              />
            )}
          </Field>
        )}
        {slot && rows && <LinesEditor c={c} onChange={setC} />}
        {slot && !rows && (
          <>
            <Field label={t('operator')}>
              {(p) => (
                <Select
                  {...p}
                  value={c.operator ?? ''}
                  choices={operatorsFor(slot).map((o) => ({ id: o, name: phraseOf(o, slot, lang).join('…').trim() }))}
                  onChange={(e) => {
                    const value = convert(c.value, e.target.value)
                    const { value: _, ...rest } = c
                    setC({ ...rest, operator: e.target.value, ...(value !== undefined && { value }) })
                  }}
                />
              )}
            </Field>
            <Right c={c} shape={shape} columns={columns} fixed={fixed} choices={choices} onChange={setC} />
          </>
        )}
      </div>
    </Sheet>
  )
}

function Right({
  c,
  shape,
  columns,
  fixed,
  choices,
  onChange,
}: {
  c: Condition
  shape: Shape
  columns: readonly FieldDef[]
  fixed: boolean | undefined
  choices: { id: string; name: string }[]
  onChange: (c: Condition) => void
}) {
  const t = useT()
  const slot = resolve(c.field ?? '', shape)?.slot
  const side = OPERATORS[c.operator ?? '']?.side
  if (!slot || side === 'none' || side === undefined) return null
  const source = c.valueSource ?? 'value'
  const actor = slot.exact && (c.operator === '=' || c.operator === '!=')
  const sources = ['value', ...(side === 'one' ? ['field', 'formula'] : []), ...(actor ? ['actor'] : [])]
  const same = choices.filter((x) => x.id !== c.field && resolve(x.id, shape)?.slot.kind === slot.kind)
  const formula =
    source === 'formula' && typeof c.value === 'string' && c.value !== '' ? compile(c.value, shape) : undefined
  return (
    <>
      {!fixed && sources.length > 1 && (
        <Field label={t('source')}>
          {(p) => (
            <Select
              {...p}
              value={source}
              choices={sources.map((s) => ({ id: s, name: t(`source.${s}` as Key) }))}
              onChange={(e) => {
                const { valueSource: _, value: _v, ...rest } = c
                const to = e.target.value
                onChange(
                  to === 'value'
                    ? { ...rest, value: convert(undefined, c.operator ?? '=') }
                    : { ...rest, valueSource: to, value: to === 'actor' ? 'id' : '' },
                )
              }}
            />
          )}
        </Field>
      )}
      {source === 'value' && (
        <ValueEditor
          field={fieldOf(c.field ?? '', slot, columns)}
          slot={slot}
          operator={c.operator ?? '='}
          value={c.value}
          onChange={(value) => onChange({ ...c, value })}
        />
      )}
      {source === 'field' && (
        <Field label={t('value')}>
          {(p) => (
            <Select
              {...p}
              value={String(c.value ?? '')}
              placeholder=""
              choices={same}
              onChange={(e) => onChange({ ...c, value: e.target.value })}
            />
          )}
        </Field>
      )}
      {source === 'formula' && (
        <Field
          label={t('formula')}
          error={formula?.problem ? String(formula.problem.params.excerpt ?? formula.problem.code) : undefined}
          className="formula"
        >
          {(p) => (
            <Input
              {...p}
              className="mono"
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              value={String(c.value ?? '')}
              onChange={(e) => onChange({ ...c, value: e.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}

function LinesEditor({ c, onChange }: { c: Condition; onChange: (c: Condition) => void }) {
  const t = useT()
  const mode = c.match?.mode ?? 'some'
  const counted = mode === 'atLeast' || mode === 'atMost' || mode === 'exactly'
  return (
    <>
      <Field label={t('lines')}>
        {(p) => (
          <Select
            {...p}
            value={mode}
            choices={MATCHES.map((m) => ({ id: m, name: t(`lines.${m}`) }))}
            onChange={(e) =>
              onChange({
                ...c,
                match: {
                  mode: e.target.value,
                  ...(/^(at|ex)/.test(e.target.value) && { threshold: c.match?.threshold ?? 1 }),
                },
              })
            }
          />
        )}
      </Field>
      {counted && (
        <Field label={t('threshold')}>
          {(p) => (
            <Input
              {...p}
              inputMode="numeric"
              value={String(c.match?.threshold ?? '')}
              onChange={(e) =>
                onChange({ ...c, match: { mode, threshold: Math.max(0, Math.trunc(Number(e.target.value) || 0)) } })
              }
            />
          )}
        </Field>
      )}
    </>
  )
}
