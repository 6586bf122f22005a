import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useMe } from '@/api/queries'
import { useLabel } from '@/i18n'
import { Count } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { Sheet } from '@/ui/Dialog'
import { Icon, type IconName } from '@/ui/Icon'
import { useT } from './texts'

interface Entry {
  href: string
  text: string
  icon: IconName
}

interface Section {
  id: string
  title: string
  entries: Entry[]
}

function useSections(): Section[] {
  const me = useMe()
  const t = useT()
  const label = useLabel()
  const view = (type: 'board' | 'list', icon: IconName) =>
    me.views.filter((v) => v.type === type).map((v) => ({ href: `/views/${v.id}`, text: label(v.name, v.id), icon }))
  const creates = me.forms.filter((f) => f.create)
  const sections: Section[] = [
    { id: 'boards', title: t('boards'), entries: view('board', 'board') },
    { id: 'lists', title: t('lists'), entries: view('list', 'list') },
    {
      id: 'new',
      title: t('new'),
      entries: creates.map((f) => ({ href: `/forms/${f.id}/new`, text: label(f.name, f.id), icon: 'plus' as const })),
    },
  ]
  if (me.rules?.length)
    sections.push({ id: 'rules', title: t('rules'), entries: [{ href: '/rules', text: t('rules'), icon: 'rule' }] })
  return sections.filter((s) => s.entries.length > 0)
}

function here(place: string, href: string): boolean {
  return place === href || (href !== '/' && place.startsWith(`${href}/`))
}

export function SideNav({ narrow, onToggle }: { narrow: boolean; onToggle: () => void }) {
  const t = useT()
  const [place] = useLocation()
  const sections = useSections()
  return (
    <nav className="side-nav" aria-label={t('navigation')}>
      <div className="side-scroll">
        <NavLink entry={{ href: '/', text: t('start'), icon: 'home' }} place={place} narrow={narrow} />
        {sections.map((section) => (
          <div key={section.id} className="side-section">
            <div className="side-title">{section.id === 'rules' ? '' : section.title}</div>
            {section.entries.map((entry) => (
              <NavLink key={entry.href} entry={entry} place={place} narrow={narrow} />
            ))}
          </div>
        ))}
      </div>
      <IconButton
        className="side-toggle"
        icon={narrow ? 'right' : 'left'}
        label={t(narrow ? 'expand' : 'collapse')}
        onClick={onToggle}
      />
    </nav>
  )
}

function NavLink({ entry, place, narrow }: { entry: Entry; place: string; narrow: boolean }) {
  return (
    <Link
      href={entry.href}
      className="side-link"
      aria-current={here(place, entry.href) ? 'page' : undefined}
      title={narrow ? entry.text : undefined}
    >
      <Icon name={entry.icon} />
      <span className="side-text">{entry.text}</span>
    </Link>
  )
}

/** The phone's bar: at most five. A section of several entries opens a sheet to choose from. */
export function TabBar() {
  const t = useT()
  const me = useMe()
  const [place] = useLocation()
  const sections = useSections()
  const [open, setOpen] = useState<string>()
  const views = sections.filter((s) => s.id === 'boards' || s.id === 'lists')
  const boards: Section = { id: 'boards', title: t('boards'), entries: views.flatMap((s) => s.entries) }
  const wanted = [boards, sections.find((s) => s.id === 'new'), sections.find((s) => s.id === 'rules')]
  const tabs = wanted.filter((s): s is Section => !!s && s.entries.length > 0)
  const sheet = tabs.find((s) => s.id === open)
  const icons: Record<string, IconName> = { boards: 'board', new: 'plus', rules: 'rule' }
  const unread = me.notices?.unread ?? 0
  return (
    <nav className="tab-bar" aria-label={t('navigation')}>
      <Tab href="/" text={t('start')} icon="home" on={place === '/'} />
      {tabs.map((s) => {
        const on = s.entries.some((e) => here(place, e.href))
        const only = s.entries.length === 1 ? s.entries[0] : undefined
        if (only) return <Tab key={s.id} href={only.href} text={s.title} icon={icons[s.id] ?? 'form'} on={on} />
        return (
          <button
            key={s.id}
            type="button"
            className="tab"
            aria-haspopup="dialog"
            aria-current={on ? 'page' : undefined}
            onClick={() => setOpen(s.id)}
          >
            <Icon name={icons[s.id] ?? 'form'} size={22} />
            {s.title}
          </button>
        )
      })}
      <Tab href="/notices" text={t('notices')} icon="bell" on={place === '/notices'} count={unread} />
      {sheet && (
        <Sheet title={sheet.title} onClose={() => setOpen(undefined)}>
          <div className="nav-sheet">
            {sheet.entries.map((entry) => (
              <Link
                key={entry.href}
                href={entry.href}
                className="side-link"
                aria-current={here(place, entry.href) ? 'page' : undefined}
                onClick={() => setOpen(undefined)}
              >
                <Icon name={entry.icon} />
                <span className="side-text">{entry.text}</span>
              </Link>
            ))}
          </div>
        </Sheet>
      )}
    </nav>
  )
}

function Tab({
  href,
  text,
  icon,
  on,
  count = 0,
}: {
  href: string
  text: string
  icon: IconName
  on: boolean
  count?: number
}) {
  return (
    <Link href={href} className="tab" aria-current={on ? 'page' : undefined}>
      <Icon name={icon} size={22} />
      {text}
      {count > 0 && <Count n={count} tone="accent" />}
    </Link>
  )
}
