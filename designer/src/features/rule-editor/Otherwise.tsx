import { useLabel } from '@/i18n'
import { Select } from '@/ui/Field'
import { Outcome } from './RowCard'
import { useT } from './texts'
import type { EditorActs } from './useEditor'

const ACTIONS = ['keep', 'set', 'refuse'] as const

function withTerms(terms: unknown): Record<string, unknown> {
  // The member is called so in the definition; the object is never awaited.
  return Object.fromEntries([
    ['action', 'set'],
    ['then', terms],
  ])
}

/** What happens when no row holds: always said, never a surprise. */
export function Otherwise({ e, hits }: { e: EditorActs; hits: string | undefined }) {
  const t = useT()
  const label = useLabel()
  const { action, then, reason } = e.rule.noMatch
  const choose = (next: string) => {
    const terms = then ?? Object.fromEntries(e.rule.outputs.map((o) => [o.field, { value: null }]))
    if (next === 'set') e.set(['noMatch'], withTerms(terms))
    else
      e.set(['noMatch'], next === 'refuse' ? { action: next, reason: reason ?? { zh: '', en: '' } } : { action: next })
  }
  const said = label(reason) || '……'
  return (
    <section className="rule-card panel rule-otherwise">
      <header className="rule-card-head">
        <span className="rule-name">{t('otherwise')}</span>
        {hits && <span className="rule-hits">{hits}</span>}
      </header>
      <Select
        aria-label={t('otherwise')}
        disabled={e.readOnly}
        value={action}
        choices={ACTIONS.map((a) => ({ id: a, name: t(a) }))}
        onChange={(ev) => choose(ev.target.value)}
      />
      {action === 'set' && (
        <p className="rule-sentence">
          <Outcome e={e} row={-1} then={then} />
        </p>
      )}
      {action === 'refuse' && (
        <p className="rule-sentence">
          {e.readOnly ? (
            said
          ) : (
            <button
              type="button"
              className="part part-value"
              aria-label={t('editPart', { text: said })}
              onClick={() => e.show({ kind: 'reason' })}
            >
              {said}
            </button>
          )}
        </p>
      )}
    </section>
  )
}
