import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useMe } from '@/api/queries'
import { useT as useShared } from '@/i18n'
import { cx } from '@/lib/cx'
import { storage } from '@/lib/storage'
import { Count } from '@/ui/Badge'
import { Icon } from '@/ui/Icon'
import { AccountMenu, LanguageButton, ThemeMenu } from './Account'
import { SideNav, TabBar } from './Nav'
import './shell.css'
import { useT } from './texts'

/** Top bar, navigation and the scrolling main area around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useT()
  const [place] = useLocation()
  const main = useRef<HTMLElement>(null)
  const [narrow, setNarrow] = useState(() => storage.get('nav') === 'narrow')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins at its top
  useEffect(() => {
    main.current?.scrollTo(0, 0)
  }, [place])

  const toggle = () => {
    storage.set('nav', narrow ? null : 'narrow')
    setNarrow(!narrow)
  }
  return (
    <div className={cx('shell', narrow && 'shell-narrow')}>
      <a className="shell-skip" href="#main">
        {t('skip')}
      </a>
      <TopBar />
      <SideNav narrow={narrow} onToggle={toggle} />
      <main ref={main} id="main" className="shell-main" tabIndex={-1}>
        <OfflineBanner />
        {children}
      </main>
      <TabBar />
    </div>
  )
}

function TopBar() {
  const me = useMe()
  const t = useT()
  const shared = useShared()
  const unread = me.notices?.unread ?? 0
  return (
    <header className="top-bar">
      <Link href="/" className="top-mark">
        <img src="/mark.svg" alt="" width={28} height={28} />
        <span className="top-product">{shared('product')}</span>
      </Link>
      <span className="top-tenant">{me.tenant.name}</span>
      <span className="top-space" />
      <Link
        href="/notices"
        className="button button-quiet button-icon top-bell"
        title={t('notices')}
        aria-label={unread ? `${t('notices')}, ${t('unread', { n: unread })}` : t('notices')}
      >
        <Icon name="bell" />
        {unread > 0 && <Count n={unread} tone="accent" />}
      </Link>
      <LanguageButton />
      <ThemeMenu />
      <AccountMenu />
    </header>
  )
}

function OfflineBanner() {
  const t = useT()
  const [offline, setOffline] = useState(() => navigator.onLine === false)
  useEffect(() => {
    const look = () => setOffline(navigator.onLine === false)
    window.addEventListener('online', look)
    window.addEventListener('offline', look)
    return () => {
      window.removeEventListener('online', look)
      window.removeEventListener('offline', look)
    }
  }, [])
  if (!offline) return null
  return (
    <div className="offline" role="status">
      <Icon name="offline" size={18} />
      {t('offline')}
    </div>
  )
}
