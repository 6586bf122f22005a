import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useMe } from '@/api/queries'
import { texts, useLabel } from '@/i18n'
import { Badge } from '@/ui/Badge'
import { Icon, type IconName } from '@/ui/Icon'
import { EmptyState } from '@/ui/State'
import { useTitle } from '@/ui/title'
import en from './en.json'
import './home.css'
import { Packs } from './Packs'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** What I can open: the home view first, then boards, forms and rules. */
export default function Home() {
  const t = useT()
  const label = useLabel()
  const me = useMe()
  useTitle(me.tenant.name)
  const views = [...me.views].sort((a, b) => Number(b.id === me.home) - Number(a.id === me.home))
  const creates = me.forms.filter((f) => f.create)
  const nothing = <EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>
  const form = (id: string) => label(me.forms.find((f) => f.id === id)?.name, id)
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('hello', { name: me.actor.name })}</h1>
      </div>
      {views.length === 0 && creates.length === 0 && (me.can.includes('publish') ? <Packs /> : nothing)}
      <Section title={t('boards')}>
        {views.map((v) => (
          <Tile
            key={v.id}
            href={`/views/${v.id}`}
            icon={v.type === 'board' ? 'board' : 'list'}
            text={label(v.name, v.id)}
            note={form(v.form)}
            badge={v.id === me.home ? t('home') : undefined}
          />
        ))}
      </Section>
      <Section title={t('create')}>
        {creates.map((f) => (
          <Tile key={f.id} href={`/forms/${f.id}/new`} icon="plus" text={label(f.name, f.id)} />
        ))}
      </Section>
      <Section title={t('rules')}>
        {(me.rules ?? []).map((r) => (
          <Tile key={r.id} href={`/rules/${r.id}`} icon="rule" text={label(r.name, r.id)} note={form(r.form)} />
        ))}
      </Section>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <section className="home-section">
      <h2>{title}</h2>
      <ul className="home-tiles">{children}</ul>
    </section>
  )
}

function Tile({
  href,
  icon,
  text,
  note,
  badge,
}: {
  href: string
  icon: IconName
  text: string
  note?: string
  badge?: string | undefined
}) {
  return (
    <li>
      <Link href={href} className="home-tile panel">
        <span className="home-icon">
          <Icon name={icon} size={22} />
        </span>
        <span className="home-text">
          <strong>{text}</strong>
          {note && <span className="muted">{note}</span>}
        </span>
        {badge && <Badge color="teal">{badge}</Badge>}
        <Icon name="right" size={16} />
      </Link>
    </li>
  )
}
