import type { CSSProperties, ReactNode } from 'react'
import { sentence } from '@/api/errors'
import { useT } from '@/i18n'
import { cx } from '@/lib/cx'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'
import './state.css'

/** Nothing here yet: say why, and what to do. */
export function EmptyState({
  icon = 'form',
  title,
  children,
  action,
}: {
  icon?: IconName
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <p className="empty-title">{title}</p>
      {children && <p className="empty-text">{children}</p>}
      {action}
    </div>
  )
}

/** A grey bar the size of what is coming; appears only after 150 ms so that quick answers do not flash. */
export function Skeleton({
  width,
  height = 16,
  className,
  style,
}: {
  width?: number | string
  height?: number | string
  className?: string
  style?: CSSProperties
}) {
  return (
    <span
      className={cx('skeleton', className)}
      style={{ inlineSize: width ?? '100%', blockSize: height, ...style }}
      aria-hidden="true"
    />
  )
}

/** Loading of a whole page or panel. */
export function Loading({ lines = 6 }: { lines?: number }) {
  const t = useT()
  return (
    <div className="loading" role="status" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
        <Skeleton key={i} width={`${[62, 88, 74, 95, 56, 80][i % 6]}%`} />
      ))}
    </div>
  )
}

/** What failed, in the server's words, with a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT()
  return (
    <div className="empty" role="alert">
      <span className="empty-icon empty-bad">
        <Icon name="warn" size={28} />
      </span>
      <p className="empty-title">{t('errorTitle')}</p>
      <p className="empty-text">{sentence(error)}</p>
      {onRetry && (
        <Button icon="refresh" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
