import { useEffect, useMemo, useState } from 'react'
import { useMe } from '@/api/queries'
import type { FormInfo } from '@/api/types'
import '@/fields/form-body.css'
import { usePhone } from '@/fields/lines/Input'
import { useLabel, useLang } from '@/i18n'
import { Button, IconButton } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { useTitle } from '@/ui/title'
import { drop, type Loaded, load } from './api'
import { differences } from './diff'
import { Grid } from './Grid'
import { Otherwise } from './Otherwise'
import { PublishSheet } from './PublishSheet'
import { ruleShape } from './paths'
import { placed, unfinished } from './problems'
import { RowCard } from './RowCard'
import './rule-editor.css'
import { Sheets } from './Sheets'
import { useHits } from './sample'
import { type Key, useT } from './texts'
import { useAutosave } from './useAutosave'
import { useEditor } from './useEditor'

/** The rule as sentences (or, for a table on a wide screen, as a grid), with a bar to undo, check and publish. */
export function Editor({ loaded, info, reload }: { loaded: Loaded; info: FormInfo; reload: () => void }) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const phone = usePhone()
  const me = useMe()
  const form = info.definition
  const shape = useMemo(() => ruleShape(form, info.chain), [form, info.chain])
  const readOnly = !me.can.includes('publish')
  const e = useEditor(loaded.rule, form, shape, readOnly)
  const { rule } = e
  const saving = useAutosave(loaded, rule)
  const hits = useHits(rule, form, shape)
  const [sheet, setSheet] = useState<'check' | 'publish'>()
  const problems = useMemo(() => placed(saving.problems), [saving.problems])
  const local = useMemo(() => unfinished(rule, shape, lang), [rule, shape, lang])
  // The server's words belong to what it has seen: they wait until it has seen what stands here now.
  const problemsOf = (i: number) =>
    local.get(i) ?? (saving.state === 'saved' ? problems.filter((p) => p.row === i).map((p) => p.text) : [])
  const hitsOf = (i: number) => {
    const id = rule.rows[i]?.id
    return hits && id !== undefined ? t('hits', { n: hits.rows.get(id) ?? 0, all: hits.total }) : undefined
  }
  const name = label(rule.name, rule.id)
  useTitle(name)
  useShortcuts(e.undo, e.redo)

  const ask = async (what: 'check' | 'publish') => {
    if (await saving.flush()) setSheet(what)
  }
  const discard = async () => {
    try {
      await drop(rule.id)
      reload()
      toast.ok(t('discarded'))
    } catch (error) {
      toast.error(error)
    }
  }
  const grid = rule.mode === 'table' && !phone
  return (
    <div className="page page-form rule-editor">
      <div className="page-head">
        <div className="rule-title">
          <h1>{name}</h1>
          <p className="muted">
            {label(form.name, form.id)} · {t(`policy.${rule.hitPolicy}`)}
          </p>
        </div>
        {saving.state !== 'live' && !readOnly && (
          <Button small look="quiet" onClick={() => void discard()}>
            {t('discard')}
          </Button>
        )}
      </div>
      {saving.state === 'conflict' && (
        <div className="form-notice form-notice-bad" role="alert">
          <span>{t('conflict')}</span>
          <Button small onClick={reload}>
            {t('takeTheirs')}
          </Button>
          <Button small onClick={() => void load(rule.id).then((l) => saving.overwrite(l.etag))}>
            {t('keepMine')}
          </Button>
        </div>
      )}
      {problems
        .filter((p) => p.row < 0)
        .map((p) => (
          <div key={p.text} className="form-notice form-notice-bad" role="alert">
            <span>{p.text}</span>
          </div>
        ))}
      {rule.rows.length === 0 && <p className="lines-empty">{t('empty')}</p>}
      {grid ? (
        <Grid e={e} hits={hitsOf} problems={problemsOf} />
      ) : (
        <ol className="rule-cards">
          {rule.rows.map((row, i) => (
            <RowCard key={row.id} e={e} i={i} hits={hitsOf(i)} problems={problemsOf(i)} />
          ))}
        </ol>
      )}
      {!readOnly && (
        <Button icon="plus" className="rule-add-row" onClick={e.addRow}>
          {t('addRow')}
        </Button>
      )}
      <Otherwise e={e} hits={hits && hits.none > 0 ? t('hitsNone', { n: hits.none, all: hits.total }) : undefined} />
      {!readOnly && (
        <div className="form-bar rule-bar">
          <IconButton icon="back" label={t('undo')} disabled={!e.canUndo} onClick={e.undo} />
          <IconButton icon="move" label={t('redo')} disabled={!e.canRedo} onClick={e.redo} />
          <span className="muted rule-state" role="status">
            {t(saving.state as Key)}
          </span>
          <Button icon="check" onClick={() => void ask('check')}>
            {t('check')}
          </Button>
          <Button look="primary" icon="send" onClick={() => void ask('publish')}>
            {t('publish')}
          </Button>
        </div>
      )}
      <Sheets e={e} />
      {sheet && (
        <PublishSheet
          rule={rule.id}
          diff={differences(loaded.live, rule, shape, lang)}
          form={form}
          intent={sheet}
          onClose={() => setSheet(undefined)}
          onPublished={reload}
        />
      )}
    </div>
  )
}

/** Ctrl+Z and Ctrl+Shift+Z, except while typing. */
function useShortcuts(undo: () => void, redo: () => void): void {
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const typing = e.target instanceof HTMLElement && e.target.matches('input, textarea, select')
      if (typing || e.key.toLowerCase() !== 'z' || !(e.ctrlKey || e.metaKey)) return
      e.preventDefault()
      if (e.shiftKey) redo()
      else undo()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [undo, redo])
}
