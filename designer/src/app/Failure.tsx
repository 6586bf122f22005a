import { Component, type ReactNode } from 'react'
import { Link } from 'wouter'
import { useT as useShared } from '@/i18n'
import { Button } from '@/ui/Button'
import { EmptyState, ErrorState } from '@/ui/State'
import { useT } from './texts'

/** What failed, over the whole window. */
export function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="page">
      <ErrorState error={error} onRetry={onRetry} />
    </main>
  )
}

/** Keeps the shell standing when a page throws. */
export class Boundary extends Component<{ children: ReactNode; place: string }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidUpdate(before: { place: string }) {
    if (before.place !== this.props.place && this.state.failed) this.setState({ failed: false })
  }

  override render() {
    return this.state.failed ? <Crash /> : this.props.children
  }
}

function Crash() {
  const t = useT()
  return (
    <div className="page">
      <EmptyState
        icon="warn"
        title={t('crash')}
        action={
          <Button look="primary" icon="refresh" onClick={() => window.location.reload()}>
            {t('reload')}
          </Button>
        }
      >
        {t('crashText')}
      </EmptyState>
    </div>
  )
}

export function NotFound() {
  const t = useShared()
  return (
    <div className="page">
      <EmptyState
        icon="search"
        title={t('errorMissing')}
        action={
          <Link href="/" className="button button-plain">
            {t('goHome')}
          </Link>
        }
      >
        {t('errorMissingHint')}
      </EmptyState>
    </div>
  )
}
