import { useEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { ApiError, api, at } from '@/api/client'
import { useKeepRecord, useMe } from '@/api/queries'
import type { FormInfo, Rec } from '@/api/types'
import { FormBody } from '@/fields/FormBody'
import type { Data } from '@/fields/form'
import { bodyOf } from '@/fields/form/body'
import { useEntry } from '@/fields/form/useEntry'
import { useLabel, useLang } from '@/i18n'
import { formatTime } from '@/i18n/format'
import { randomId } from '@/lib/id'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { useTitle } from '@/ui/title'
import { draftKey, keyFor } from './draft'
import { useT } from './texts'
import { useDraft } from './useDraft'

const NOTHING: Data = {}

/** The form of a new record: kept on this device until the server has it. */
export function IntakeForm({ info }: { info: FormInfo }) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const me = useMe()
  const keepRecord = useKeepRecord()
  const [, go] = useLocation()
  const def = info.definition
  const draft = useDraft(draftKey(me.tenant.id, me.actor.id, def.id))
  const [restored, setRestored] = useState(draft.found?.at)
  // What the server draws or rules decide has nothing to show before it is submitted.
  const hidden = useMemo(() => {
    const later = def.fields.filter(
      (f) => f.type === 'serial' || (f.readOnly && f.default === undefined && !f.defaultFormula),
    )
    return new Set([...(info.access.hidden ?? []), ...later.map((f) => f.id)])
  }, [info, def])
  const locked = useMemo(() => new Set(info.access.locked), [info])
  const entry = useEntry(def, { initial: draft.found?.data ?? NOTHING, locked })
  const [busy, setBusy] = useState(false)
  const [waiting, setWaiting] = useState(false)
  const [failure, setFailure] = useState('')
  useTitle(t('new', { form: label(def.name, def.id) }))

  const { keep } = draft
  const first = useRef(true)
  useEffect(() => {
    if (first.current) first.current = false
    else keep(entry.data)
  }, [entry.data, keep])

  const send = async () => {
    if (busy) return
    setFailure('')
    if (entry.insist() !== undefined) return
    const data = bodyOf(def, entry.data, entry.answer)
    const body = JSON.stringify(data)
    const key = keyFor(body, draft.sent(), randomId)
    draft.keep(entry.data, { body, key })
    draft.flush()
    setBusy(true)
    try {
      const record = await api.post<Rec>(at`/forms/${def.id}/records`, data, { key })
      draft.forget()
      keepRecord(record)
      toast.ok(t('submitted', { no: record.no ?? '' }), { text: t('another'), run: () => go(`/forms/${def.id}/new`) })
      go(`/forms/${def.id}/${record.id}`, { replace: true })
    } catch (error) {
      setBusy(false)
      refused(error)
    }
  }

  const refused = (error: unknown) => {
    if (!(error instanceof ApiError)) throw error
    if (error.network) return setWaiting(true)
    setWaiting(false)
    if (error.problems.length > 0) entry.refuse(error.problems)
    else setFailure(error.message)
  }

  // Somebody pressed submit without a connection: it is sent as soon as there is one.
  const again = useRef(send)
  again.current = send
  useEffect(() => {
    if (!waiting) return
    const online = () => void again.current()
    window.addEventListener('online', online)
    return () => window.removeEventListener('online', online)
  }, [waiting])

  const discard = () => {
    const before = entry.data
    entry.replace({})
    draft.forget()
    setRestored(undefined)
    toast.ok(t('discarded'), { text: t('undo'), run: () => entry.replace(before) })
  }

  return (
    <form
      className="page page-form"
      noValidate
      onSubmit={(e) => {
        e.preventDefault()
        void send()
      }}
      onKeyDown={(e) => {
        // Enter in a box must not send a half-filled order; Ctrl+Enter does.
        if (e.key !== 'Enter' || !(e.target instanceof HTMLInputElement)) return
        if (!e.ctrlKey && !e.metaKey) e.preventDefault()
      }}
    >
      <div className="page-head">
        <h1>{t('new', { form: label(def.name, def.id) })}</h1>
      </div>
      <div className="form-body">
        {restored !== undefined && (
          <div className="form-notice" role="status">
            <span>{t('restored', { when: formatTime(restored, lang, me.tenant.zone) })}</span>
            <Button small look="quiet" onClick={discard}>
              {t('discard')}
            </Button>
          </div>
        )}
        <FormBody def={def} entry={entry} hidden={hidden} />
        {[...entry.general, ...(failure ? [failure] : []), ...(waiting ? [t('waiting')] : [])].map((said) => (
          <div key={said} className="form-notice form-notice-bad" role="alert">
            <span>{said}</span>
          </div>
        ))}
      </div>
      <div className="form-bar">
        <span className="muted">{draft.saved ? t('saved') : ''}</span>
        <Button type="submit" look="primary" icon="send" busy={busy}>
          {t('submit')}
        </Button>
      </div>
    </form>
  )
}
