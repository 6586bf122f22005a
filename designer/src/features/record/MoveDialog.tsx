import { useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, api, at } from '@/api/client'
import { sentence } from '@/api/errors'
import { useKeepRecord } from '@/api/queries'
import type { FormDef, FormInfo, NextMove, Rec } from '@/api/types'
import { FieldView } from '@/fields/FieldView'
import type { Data } from '@/fields/form'
import { EntryContextProvider } from '@/fields/form/context'
import { useEntry } from '@/fields/form/useEntry'
import { CameraDialog, canScan } from '@/fields/parts/Camera'
import { useLabel, useT as useShared } from '@/i18n'
import { randomId } from '@/lib/id'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field, Input } from '@/ui/Field'
import { toast } from '@/ui/Toast'
import { patchOf } from './merge'
import { useT } from './texts'

interface Props {
  move: NextMove
  record: Rec
  info: FormInfo
  onClose: () => void
}

/** Only the asked fields, required when the move needs them, so that the engine can answer while they are filled in. */
function askedForm(def: FormDef, ask: readonly string[], need: readonly string[]): FormDef {
  const fields = def.fields.map((f) => (ask.includes(f.id) && need.includes(f.id) ? { ...f, required: true } : f))
  return { ...def, fields }
}

/** Asks for what a move needs: a code, the asked fields, or only a confirmation. */
export function MoveDialog({ move, record, info, onClose }: Props) {
  const t = useT()
  const shared = useShared()
  const label = useLabel()
  const keep = useKeepRecord()
  const transition = info.chain?.transitions.find((x) => x.id === move.transition)
  const ask = useMemo(() => move.ask ?? [], [move])
  const def = useMemo(() => askedForm(info.definition, ask, transition?.need ?? []), [info, ask, transition])
  const stored = record.data as Data
  const entry = useEntry(def, { initial: stored, stored, state: record.state, created: record.created })
  const scan = move.evidence.find((p) => p.kind === 'scan')
  const manual = move.evidence.some((p) => p.kind !== 'scan')
  const [byCode, setByCode] = useState(scan !== undefined)
  const [code, setCode] = useState('')
  const [camera, setCamera] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const key = useRef({ body: '', key: '' })
  const box = useRef<HTMLInputElement>(null)
  // A hand scanner types into what is focused and presses Enter; the dialog itself would focus its first button.
  useEffect(() => {
    const frame = requestAnimationFrame(() => ask.length === 0 && box.current?.focus())
    return () => cancelAnimationFrame(frame)
  }, [ask])
  const state = info.chain?.states.find((s) => s.id === move.to)
  const step = label(move.name, move.transition)
  const field =
    scan?.field === '$no'
      ? record.no
      : label(info.definition.fields.find((f) => f.id === scan?.field)?.name, scan?.field)

  const send = async (value = code.trim()) => {
    if (busy || (byCode && value === '')) return
    const missing = ask.find((id) => entry.answer.hints.some((p) => p.path.split('/')[1] === id))
    if (missing !== undefined) {
      entry.insist()
      return
    }
    const patch = patchOf(stored, entry.data, ask)
    const kind = move.evidence.find((p) => p.kind !== 'scan')?.kind ?? 'manual'
    const evidence = byCode ? { kind: 'scan', code: value } : { kind }
    const body = { transition: move.transition, evidence, ...(Object.keys(patch).length > 0 && { data: patch }) }
    const text = JSON.stringify(body)
    if (key.current.body !== text) key.current = { body: text, key: randomId() }
    setBusy(true)
    setError('')
    try {
      const r = await api.post<Rec>(at`/forms/${record.form}/records/${record.id}/events`, body, {
        key: key.current.key,
      })
      keep(r)
      toast.ok(t('moved', { step }))
      onClose()
    } catch (cause) {
      setBusy(false)
      setCode('')
      if (
        cause instanceof ApiError &&
        cause.problems.some((p) => ask.includes(p.path.replace(/^\/data/, '').split('/')[1] ?? ''))
      )
        entry.refuse(cause.problems)
      else setError(sentence(cause))
    }
  }

  return (
    <Dialog
      title={t('confirmMove', { step })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shared('cancel')}</Button>
          <Button look="primary" type="submit" form="move-form" busy={busy}>
            {step}
          </Button>
        </>
      }
    >
      <form
        id="move-form"
        className="move-form"
        noValidate
        onSubmit={(e) => {
          e.preventDefault()
          void send()
        }}
      >
        <p className="muted">{t('confirmText', { state: label(state?.name, move.to) })}</p>
        <EntryContextProvider value={entry.context}>
          {ask.map((id) => {
            const f = def.fields.find((x) => x.id === id)
            return f && <FieldView key={id} field={f} value={entry.valueOf(id)} onChange={(v) => entry.set(id, v)} />
          })}
        </EntryContextProvider>
        {byCode && (
          <Field label={t('scanCode')} note={t('scanHint', { field: field ?? '' })} error={error || undefined}>
            {(p) => (
              <span className="scan">
                <Input
                  {...p}
                  className="mono"
                  ref={box}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  value={code}
                  onChange={(e) => setCode(e.target.value)}
                />
                {canScan() && <IconButton icon="scan" label={t('camera')} onClick={() => setCamera(true)} />}
              </span>
            )}
          </Field>
        )}
        {byCode && manual && (
          <Button look="quiet" onClick={() => setByCode(false)}>
            {t('useManual')}
          </Button>
        )}
        {!byCode && error && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
      </form>
      {camera && (
        <CameraDialog
          onClose={() => setCamera(false)}
          onCode={(found) => {
            setCamera(false)
            setCode(found)
            void send(found)
          }}
        />
      )}
    </Dialog>
  )
}
