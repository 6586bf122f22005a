import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '@/api/errors'
import { useMe } from '@/api/queries'
import type { FieldDef, FormDef } from '@/api/types'
import { members } from '@/fields/members'
import { type Lang, label, useLang } from '@/i18n'
import { Button } from '@/ui/Button'
import { Sheet } from '@/ui/Dialog'
import { Field, Input } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { ErrorState, Loading } from '@/ui/State'
import { toast } from '@/ui/Toast'
import { activate, type Checked, check, publish, releases } from './api'
import type { Difference } from './diff'
import { rowAt } from './problems'
import { type Key, useT } from './texts'

interface Props {
  rule: string
  diff: Difference[]
  /** The rule's form: what its fields and their values are called. */
  form: FormDef
  /** Publish, or only look whether it could be. */
  intent: 'check' | 'publish'
  onClose: () => void
  onPublished: () => void
}

/** The check of all drafts in words; with the intent to publish, the changes and the button that makes them live. */
export function PublishSheet({ rule, diff, form, intent, onClose, onPublished }: Props) {
  const t = useT()
  const lang = useLang()
  const me = useMe()
  const client = useQueryClient()
  const checked = useQuery({ queryKey: ['drafts', 'check'], queryFn: check, staleTime: 0, gcTime: 0 })
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [meant, setMeant] = useState(false)
  const failed = checked.data?.scenarios.failed ?? []
  const problems = checked.data?.problems.length ?? 0
  const bad = problems + failed.length
  const stopped = problems > 0 || (failed.length > 0 && !meant)
  const others = checked.data?.changes.filter((c) => !(c.kind === 'rule' && c.id === rule)) ?? []
  const nothing = checked.data !== undefined && diff.length === 0 && others.length === 0

  const go = async () => {
    setBusy(true)
    try {
      const before = (await releases()).items.find((r) => r.live)?.number
      const r = await publish(note.trim(), me.release, failed.length > 0 ? [...new Set(failed.map((f) => f.id))] : [])
      await client.invalidateQueries()
      const undo = async () => {
        if (before === undefined) return
        try {
          await activate(before)
          await client.invalidateQueries()
          toast.ok(t('rolledBack', { n: before }))
          onPublished()
        } catch (error) {
          toast.error(error)
        }
      }
      const done = t('published', { n: r.number })
      if (before === undefined) toast.ok(done)
      else toast.lasting(done, { text: t('rollback'), run: () => void undo() })
      onPublished()
      onClose()
    } catch (error) {
      setBusy(false)
      if (error instanceof ApiError && error.status === 409) {
        await client.invalidateQueries()
        toast.error(t('moved'))
      } else toast.error(error)
    }
  }

  return (
    <Sheet
      title={t(intent === 'publish' ? 'publishTitle' : 'checkTitle')}
      onClose={onClose}
      actions={
        intent === 'publish' && (
          <Button
            look="primary"
            icon="send"
            busy={busy}
            disabled={!checked.data || stopped || nothing}
            onClick={() => void go()}
          >
            {t('publish')}
          </Button>
        )
      }
    >
      {checked.isPending && <Loading lines={4} />}
      {checked.error && <ErrorState error={checked.error} onRetry={() => void checked.refetch()} />}
      {checked.data && (
        <div className="publish">
          <Verdict checked={checked.data} rule={rule} bad={bad} form={form} />
          {intent === 'publish' && problems === 0 && failed.length > 0 && (
            <label className="publish-meant">
              <input type="checkbox" checked={meant} onChange={(e) => setMeant(e.target.checked)} />
              <span>{t('meant', { n: new Set(failed.map((f) => f.id)).size })}</span>
            </label>
          )}
          {intent === 'publish' && (
            <>
              {nothing ? <p className="muted">{t('nothing')}</p> : <DiffList diff={diff} />}
              {others.length > 0 && (
                <div>
                  <p className="muted">{t('others')}</p>
                  <ul className="publish-list">
                    {others.map((c) => (
                      <li key={`${c.kind}/${c.id}`}>{label({ zh: c.zh, en: c.en }, lang)}</li>
                    ))}
                  </ul>
                </div>
              )}
              <p className="muted">{t('publishText')}</p>
              <Field label={t('note')}>
                {(p) => <Input {...p} value={note} onChange={(e) => setNote(e.target.value)} />}
              </Field>
            </>
          )}
        </div>
      )}
    </Sheet>
  )
}

/** What a scenario looks at. */
const WHAT: Record<string, Key> = {
  state: 'what.state',
  refused: 'what.refused',
  record: 'what.record',
  fired: 'what.fired',
}

/** A value that the server wrote as JSON, as people read it in the field. */
function valueText(json: string, f: FieldDef, lang: Lang): string {
  try {
    return members[f.type].text(JSON.parse(json), f, lang)
  } catch {
    return json
  }
}

function Verdict({ checked, rule, bad, form }: { checked: Checked; rule: string; bad: number; form: FormDef }) {
  const t = useT()
  const lang = useLang()
  const { passed, failed } = checked.scenarios
  const count = Array.isArray(passed) ? passed.length : passed
  const mine = checked.problems.filter((p) => p.kind === 'rule' && p.id === rule)
  const fieldOf = (w = '') => (w.startsWith('data/') ? form.fields.find((f) => f.id === w.slice(5)) : undefined)
  const what = (w = '') => label(fieldOf(w)?.name, lang, w in WHAT ? t(WHAT[w] as Key) : w)
  const value = (w: string | undefined, text: string | undefined) => {
    const f = fieldOf(w)
    const said = f && text ? valueText(text, f, lang) : text
    return said ? `“${said}”` : t('nothingThere')
  }
  const rest = checked.problems.filter((p) => !mine.includes(p))
  return (
    <div className={bad > 0 ? 'verdict verdict-bad' : 'verdict'} role="status">
      <p className="verdict-head">
        <Icon name={bad > 0 ? 'warn' : 'check'} />
        <strong>{bad > 0 ? t('checkProblems', { n: bad }) : t('checkFine')}</strong>
      </p>
      <p>{t('scenarios', { passed: count, failed: failed.length })}</p>
      <ul className="publish-list">
        {mine.map((p) => {
          const row = rowAt(p.path)
          const text = p.message || p.code
          return <li key={`${p.path} ${text}`}>{row < 0 ? text : t('rowProblem', { n: row + 1, text })}</li>
        })}
        {failed.map((f) => (
          <li key={`${f.id}/${f.step}/${f.what}`}>
            {t('scenarioFailed', {
              name: label(f.name, lang, f.id),
              step: f.step + 1,
              what: what(f.what),
              want: value(f.what, f.want),
              got: value(f.what, f.got),
            })}
          </li>
        ))}
      </ul>
      {rest.length > 0 && (
        <>
          <p>{t('elsewhere')}</p>
          <ul className="publish-list">
            {rest.map((p) => (
              <li key={`${p.kind}/${p.id}${p.path}${p.code}`}>
                {p.id}: {p.message || p.code}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function DiffList({ diff }: { diff: Difference[] }) {
  const t = useT()
  return (
    <ul className="diff">
      {diff.map((d) => (
        <li key={`${d.kind}-${d.n}`} className={`diff-${d.kind}`}>
          <strong>
            {d.kind === 'changed' && d.n === 0 ? t('diff.changedOtherwise') : t(`diff.${d.kind}` as Key, { n: d.n })}
          </strong>
          {d.before && <del>{d.before}</del>}
          {d.after && <ins>{d.after}</ins>}
        </li>
      ))}
    </ul>
  )
}
