import { useState } from 'react'
import type { FieldDef, FormDef, Json, Term } from '@/api/types'
import { resolve } from '@/expr/check'
import { compile } from '@/expr/index'
import type { Shape } from '@/expr/value'
import { inputs } from '@/fields/inputs'
import '@/fields/fields.css'
import { useLabel } from '@/i18n'
import { Button } from '@/ui/Button'
import { Sheet } from '@/ui/Dialog'
import { Field, Input, Select } from '@/ui/Field'
import { fieldOf } from './paths'
import { useT } from './texts'

interface Props {
  output: string
  term: Term | undefined
  form: FormDef
  shape: Shape
  onApply: (term: Term) => void
  onClose: () => void
}

/** What an output field is set to: a fixed value, or the result of a formula. */
export function TermSheet({ output, term, form, shape, onApply, onClose }: Props) {
  const t = useT()
  const label = useLabel()
  const [draft, setDraft] = useState<Term>(term ?? { value: null })
  const slot = resolve(output, shape)?.slot
  const field: FieldDef | undefined = slot && fieldOf(output, slot, form.fields)
  const byFormula = draft.formula !== undefined
  const problem = byFormula && draft.formula ? compile(draft.formula, shape).problem : undefined
  const One = field && inputs[field.type]
  const name = label(form.fields.find((f) => f.id === output)?.name, output)
  return (
    <Sheet
      title={name}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={() => onApply(draft)}>
          {t('apply')}
        </Button>
      }
    >
      <div className="sheet-form">
        <Field label={t('source')}>
          {(p) => (
            <Select
              {...p}
              value={byFormula ? 'formula' : 'value'}
              choices={[
                { id: 'value', name: t('term.value') },
                { id: 'formula', name: t('term.formula') },
              ]}
              onChange={(e) => setDraft(e.target.value === 'formula' ? { formula: '' } : { value: null })}
            />
          )}
        </Field>
        {byFormula ? (
          <Field
            label={t('formula')}
            className="formula"
            error={problem ? String(problem.params.excerpt ?? problem.code) : undefined}
          >
            {(p) => (
              <Input
                {...p}
                className="mono"
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                value={draft.formula ?? ''}
                onChange={(e) => setDraft({ formula: e.target.value })}
              />
            )}
          </Field>
        ) : (
          One && (
            <Field label={name}>
              {(p) => (
                <One
                  {...p}
                  field={field}
                  value={draft.value}
                  onChange={(v) => setDraft({ value: (v ?? null) as Json })}
                />
              )}
            </Field>
          )
        )}
      </div>
    </Sheet>
  )
}
