import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '@/api/client'
import { queries, useMe } from '@/api/queries'
import type { Notice } from '@/api/types'
import { texts, useLabel, useLang } from '@/i18n'
import { formatTime } from '@/i18n/format'
import { cx } from '@/lib/cx'
import { Button } from '@/ui/Button'
import { EmptyState, ErrorState, Loading } from '@/ui/State'
import { toast } from '@/ui/Toast'
import { useTitle } from '@/ui/title'
import en from './en.json'
import './notices.css'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** What I was told, newest first. Opening one marks it read. */
export default function Notices() {
  const t = useT()
  const client = useQueryClient()
  const notices = useQuery({ ...queries.notices(), staleTime: 0 })
  useTitle(t('title'))

  const read = async (body: { ids: string[] } | { all: true }) => {
    try {
      await api.post('/notices/read', body)
    } catch (error) {
      toast.error(error)
    }
    void client.invalidateQueries({ queryKey: queries.notices().queryKey })
    void client.invalidateQueries({ queryKey: queries.me().queryKey })
  }

  const items = notices.data?.items ?? []
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('title')}</h1>
        {items.some((n) => !n.read) && (
          <Button icon="check" onClick={() => void read({ all: true })}>
            {t('readAll')}
          </Button>
        )}
      </div>
      {notices.isPending && <Loading />}
      {notices.error && <ErrorState error={notices.error} onRetry={() => void notices.refetch()} />}
      {notices.data && items.length === 0 && (
        <EmptyState icon="bell" title={t('empty')}>
          {t('emptyText')}
        </EmptyState>
      )}
      {items.length > 0 && (
        <ul className="panel notice-list">
          {items.map((n) => (
            <Line key={n.id} notice={n} onRead={() => void read({ ids: [n.id] })} />
          ))}
        </ul>
      )}
    </div>
  )
}

function Line({ notice, onRead }: { notice: Notice; onRead: () => void }) {
  const t = useT()
  const label = useLabel()
  const lang = useLang()
  const { tenant } = useMe()
  const inside = (
    <>
      <span className="notice-dot">{!notice.read && <span className="visually-hidden">{t('unread')}</span>}</span>
      <span className="notice-text">{label(notice.text)}</span>
      <time className="muted" dateTime={notice.at}>
        {formatTime(notice.at, lang, tenant.zone)}
      </time>
    </>
  )
  const look = cx('notice', !notice.read && 'notice-new')
  const to = notice.form && notice.record ? `/forms/${notice.form}/${notice.record}` : undefined
  return (
    <li>
      {to ? (
        <Link href={to} className={look} onClick={() => !notice.read && onRead()}>
          {inside}
        </Link>
      ) : (
        <div className={look}>{inside}</div>
      )}
    </li>
  )
}
