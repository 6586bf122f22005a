import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { api, at } from '@/api/client'
import { useKeepRecord, useMe } from '@/api/queries'
import type { FormInfo, Page, Rec, RecordEvent } from '@/api/types'
import { useLabel, useLang } from '@/i18n'
import { formatTime } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { TextArea } from '@/ui/Field'
import { Icon, type IconName } from '@/ui/Icon'
import { toast } from '@/ui/Toast'
import { tell } from './history'
import { useT } from './texts'

const ICONS: Record<RecordEvent['type'], IconName> = {
  'record.submitted': 'plus',
  'record.moved': 'move',
  'record.edited': 'edit',
  'record.commented': 'comment',
  'record.deleted': 'trash',
}

/** What happened to the record, newest first, as sentences; and a box to add a comment. */
export function History({ record, info }: { record: Rec; info: FormInfo }) {
  const t = useT()
  const lang = useLang()
  const label = useLabel()
  const me = useMe()
  const pages = useInfiniteQuery({
    queryKey: ['events', record.form, record.id, 'pages'],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''
      return api.get<Page<RecordEvent>>(`${at`/forms/${record.form}/records/${record.id}/events`}?limit=30${cursor}`, {
        signal,
      })
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
  })
  const events = pages.data?.pages.flatMap((p) => p.items) ?? []
  const rules = useMemo(() => new Map((info.rules ?? []).map((r) => [r.id, label(r.name, r.id)])), [info, label])
  const names = { form: info.definition, chain: info.chain, rules, lang, t }
  return (
    <section className="panel history">
      <h2>{t('history')}</h2>
      <CommentBox record={record} />
      {events.length === 0 && !pages.isPending && <p className="muted">{t('noHistory')}</p>}
      <ol>
        {events.map((e) => {
          const line = tell(e, names)
          return (
            <li key={String(e.offset)} className={`history-line history-${e.type.split('.')[1]}`}>
              <span className="history-icon">
                <Icon name={ICONS[e.type] ?? 'more'} size={16} />
              </span>
              <div>
                <p>{line.text}</p>
                {line.details.map((d) => (
                  <p key={d} className={e.type === 'record.commented' ? 'history-comment' : 'history-detail'}>
                    {d}
                  </p>
                ))}
                {line.why.map((w) => (
                  <p key={w} className="history-why">
                    <Icon name="rule" size={14} />
                    <span>{w}</span>
                  </p>
                ))}
                <time className="history-time" dateTime={e.at}>
                  {formatTime(e.at, lang, me.tenant.zone)}
                </time>
              </div>
            </li>
          )
        })}
      </ol>
      {pages.hasNextPage && (
        <Button look="quiet" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </section>
  )
}

function CommentBox({ record }: { record: Rec }) {
  const t = useT()
  const keep = useKeepRecord()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (e: FormEvent) => {
    e.preventDefault()
    const comment = text.trim()
    if (comment === '' || busy) return
    setBusy(true)
    try {
      keep(await api.post<Rec>(at`/forms/${record.form}/records/${record.id}/events`, { comment }))
      await client.invalidateQueries({ queryKey: ['events', record.form, record.id] })
      setText('')
    } catch (cause) {
      toast.error(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="comment" onSubmit={(e) => void send(e)}>
      <TextArea
        rows={1}
        aria-label={t('comment')}
        placeholder={t('comment')}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit()
        }}
      />
      <Button type="submit" icon="send" busy={busy} disabled={text.trim() === ''}>
        {t('send')}
      </Button>
    </form>
  )
}
