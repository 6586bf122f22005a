import { useEffect, useMemo, useRef, useState } from 'react'
import type { ApiError } from '@/api/errors'
import type { FormInfo, Rec } from '@/api/types'
import { FormBody } from '@/fields/FormBody'
import type { Data } from '@/fields/form'
import { useEntry } from '@/fields/form/useEntry'
import { useT as useShared } from '@/i18n'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { ConflictDialog } from './ConflictDialog'
import { useT } from './texts'
import { useSave } from './useSave'

interface Props {
  /** The record when editing began: what the changes are compared with. */
  base: Rec
  current: Rec
  info: FormInfo
  locked: ReadonlySet<string>
  focus: string | undefined
  onDone: () => void
}

/** The record as a form. What somebody else changes meanwhile is merged when it is saved. */
export function EditForm({ base, current, info, locked, focus, onDone }: Props) {
  const t = useT()
  const shared = useShared()
  const stored = base.data as Data
  const hidden = useMemo(() => {
    const drawn = info.definition.fields.filter((f) => f.type === 'serial').map((f) => f.id)
    return new Set([...(info.access.hidden ?? []), ...drawn])
  }, [info])
  const entry = useEntry(info.definition, { initial: stored, stored, locked, state: base.state, created: base.created })
  const [failure, setFailure] = useState('')
  const saving = useSave(
    base,
    info,
    () => {
      toast.ok(t('saved'))
      onDone()
    },
    (error: ApiError) => {
      if (error.problems.length > 0 && error.problems.some((p) => p.path !== '')) entry.refuse(error.problems)
      else setFailure(error.message)
    },
  )

  const { onFocus } = entry
  const first = useRef(focus)
  useEffect(() => {
    if (first.current) onFocus.current?.(first.current)
  }, [onFocus])

  const save = () => {
    setFailure('')
    if (entry.insist() === undefined) void saving.save(entry.data)
  }

  return (
    <form
      className="form-body"
      noValidate
      onSubmit={(e) => {
        e.preventDefault()
        save()
      }}
      onKeyDown={(e) => {
        if (e.key === 'Enter' && e.target instanceof HTMLInputElement && !e.ctrlKey && !e.metaKey) e.preventDefault()
      }}
    >
      {current.rev !== base.rev && (
        <div className="form-notice" role="status">
          <span>{t('changedMeanwhile')}</span>
        </div>
      )}
      <FormBody def={info.definition} entry={entry} hidden={hidden} />
      {[...entry.general, ...(failure ? [failure] : [])].map((said) => (
        <div key={said} className="form-notice form-notice-bad" role="alert">
          <span>{said}</span>
        </div>
      ))}
      <div className="form-bar">
        <span className="muted" />
        <Button onClick={onDone}>{shared('cancel')}</Button>
        <Button type="submit" look="primary" icon="check" busy={saving.busy}>
          {shared('save')}
        </Button>
      </div>
      {saving.clash && (
        <ConflictDialog
          def={info.definition}
          conflicts={saving.clash.list}
          onClose={saving.giveUp}
          onSave={(theirs) => void saving.resolve(theirs)}
        />
      )}
    </form>
  )
}
