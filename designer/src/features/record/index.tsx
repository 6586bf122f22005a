import { useMemo, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { ApiError } from '@/api/errors'
import { useApiForm, useApiRecord } from '@/api/queries'
import type { FieldDef, FormInfo, Rec } from '@/api/types'
import { UrgencyCell } from '@/fields/urgency/Cell'
import { useLabel } from '@/i18n'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { EmptyState, ErrorState, Loading } from '@/ui/State'
import { useTitle } from '@/ui/title'
import { ChainBar } from './ChainBar'
import { Details } from './Details'
import { EditForm } from './EditForm'
import { History } from './History'
import { NextSteps } from './NextSteps'
import './record.css'
import { useT } from './texts'
import { useFresh } from './useFresh'

/** One record: where it stands, what can be done, what is in it, what happened to it. */
export default function RecordPage({ form, id }: { form: string; id: string }) {
  const t = useT()
  const info = useApiForm(form)
  const record = useApiRecord(form, id)
  useFresh(record.data, form, id)
  const error = info.error ?? record.error
  if (error instanceof ApiError && error.status === 404 && !record.data)
    return <EmptyState icon="file" title={t('gone')} />
  if (error && !(info.data && record.data)) return <ErrorState error={error} onRetry={() => void record.refetch()} />
  if (!info.data || !record.data) return <Loading />
  return <Known record={record.data} info={info.data} />
}

function lockedFields(info: FormInfo, record: Rec): ReadonlySet<string> {
  const lock = info.chain?.states.find((s) => s.id === record.state)?.lock ?? []
  const all = lock.includes('*') ? info.definition.fields.map((f) => f.id) : lock
  return new Set([...(info.access.locked ?? []), ...all])
}

function Known({ record, info }: { record: Rec; info: FormInfo }) {
  const t = useT()
  const label = useLabel()
  const [, go] = useLocation()
  const start = new URLSearchParams(useSearch()).get('move') ?? undefined
  const [editing, setEditing] = useState<{ base: Rec; focus?: string }>()
  const locked = useMemo(() => lockedFields(info, record), [info, record])
  const state = info.chain?.states.find((s) => s.id === record.state)
  const urgency = info.definition.fields.find((f) => f.type === 'urgency')
  const name = record.title || record.no || record.id
  const open = (f: FieldDef) =>
    info.access.edit && !locked.has(f.id) && !f.readOnly && f.type !== 'computed' && f.type !== 'serial'
  const editable = info.definition.fields.some(open)
  useTitle(name)
  return (
    <div className="page page-form record">
      <header className="page-head record-head">
        <div className="record-name">
          <p className="muted">
            {label(info.definition.name, record.form)}
            {record.no && record.no !== name && <span className="mono"> {record.no}</span>}
          </p>
          <h1>{name}</h1>
        </div>
        {urgency && record.data[urgency.id] !== undefined && (
          <UrgencyCell field={urgency} value={record.data[urgency.id]} />
        )}
        {state && <Badge color={state.color}>{label(state.name, state.id)}</Badge>}
        {editable && !editing && (
          <Button icon="edit" onClick={() => setEditing({ base: record })}>
            {t('edit')}
          </Button>
        )}
      </header>
      {info.chain && <ChainBar chain={info.chain} record={record} />}
      <div className="record-columns">
        <div className="record-main">
          {editing ? (
            <EditForm
              base={editing.base}
              current={record}
              info={info}
              locked={locked}
              focus={editing.focus}
              onDone={() => setEditing(undefined)}
            />
          ) : (
            <Details record={record} info={info} open={open} onEdit={(focus) => setEditing({ base: record, focus })} />
          )}
        </div>
        <div className="record-side">
          {info.chain && (
            <NextSteps
              key={`${record.state}`}
              record={record}
              info={info}
              chain={info.chain}
              start={start}
              onStarted={() => start && go(`/forms/${record.form}/${record.id}`, { replace: true })}
            />
          )}
          <History record={record} info={info} />
        </div>
      </div>
    </div>
  )
}
