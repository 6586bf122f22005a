import { useEffect, useState } from 'react'
import { texts, useLang } from '@/i18n'
import { formatClock } from '@/i18n/format'
import { onMoment } from '@/lib/moments'
import { useLiveStatus } from '@/live/useLive'
import en from './en.json'
import './live-badge.css'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** How fresh the page is: calm while live, honest when not. */
export function LiveBadge() {
  const t = useT()
  const lang = useLang()
  const { state, heard } = useLiveStatus()
  const [grace, setGrace] = useState(true)

  // A connection that comes within a second is not worth a word.
  useEffect(() => {
    if (state !== 'connecting' && state !== 'off') return
    setGrace(true)
    return onMoment(Date.now() + 1000, () => setGrace(false))
  }, [state])

  const stale = state === 'late' || state === 'lost'
  const text =
    state === 'live'
      ? t('live')
      : stale && heard
        ? t('stale', { time: formatClock(heard, lang) })
        : grace
          ? t('live')
          : t('connecting')
  const look = state === 'live' || (grace && !stale) ? 'live' : stale ? 'stale' : 'wait'
  return (
    <span
      className={`live-badge live-badge-${look}`}
      role="status"
      title={t(look === 'live' ? 'liveNote' : 'staleNote')}
    >
      <span className="live-badge-dot" />
      {text}
    </span>
  )
}
