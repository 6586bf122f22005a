import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { api } from '@/api/client'
import { queries, useMe } from '@/api/queries'
import { type Lang, setLang, useLabel, useLang } from '@/i18n'
import { useStore } from '@/lib/store'
import { endLive } from '@/live/live'
import { Button, IconButton } from '@/ui/Button'
import { Menu, type MenuItem } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import { setTheme, type Theme, theme } from '@/ui/theme'
import { forgetNames } from '@/views/names'
import { useT } from './texts'

/** Changes the language; what the server says in words is asked for again. */
function useSwitchLanguage(): (to: Lang) => void {
  const client = useQueryClient()
  return (to) => {
    setLang(to)
    void client.invalidateQueries({ queryKey: queries.me().queryKey })
  }
}

/** Switches to the other language, named in that language. */
export function LanguageButton() {
  const lang = useLang()
  const switchTo = useSwitchLanguage()
  const other = lang === 'zh' ? 'en' : 'zh'
  return (
    <Button look="quiet" className="top-wide" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => switchTo(other)}>
      {other === 'zh' ? '中文' : 'English'}
    </Button>
  )
}

const themes: { id: Theme; key: 'themeAuto' | 'themeLight' | 'themeDark'; icon: 'auto' | 'sun' | 'moon' }[] = [
  { id: 'auto', key: 'themeAuto', icon: 'auto' },
  { id: 'light', key: 'themeLight', icon: 'sun' },
  { id: 'dark', key: 'themeDark', icon: 'moon' },
]

function useThemeItems(): MenuItem[] {
  const t = useT()
  const now = useStore(theme)
  return themes.map(({ id, key, icon }) => ({
    id,
    text: t(key),
    icon,
    checked: now === id,
    onSelect: () => setTheme(id),
  }))
}

export function ThemeMenu() {
  const t = useT()
  const now = useStore(theme)
  const icon = themes.find((x) => x.id === now)?.icon ?? 'auto'
  const items = useThemeItems()
  return (
    <span className="top-wide">
      <Menu title={t('theme')} items={items} button={(p) => <IconButton {...p} icon={icon} label={t('theme')} />} />
    </span>
  )
}

function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  const [, go] = useLocation()
  return async () => {
    try {
      await api.del('/sessions/current')
    } catch (error) {
      toast.error(error)
      return
    }
    endLive()
    forgetNames()
    go('/signin')
    client.clear()
  }
}

/** Who I am and sign-out; on phones language and theme too. */
export function AccountMenu() {
  const t = useT()
  const me = useMe()
  const label = useLabel()
  const lang = useLang()
  const signOut = useSignOut()
  const switchTo = useSwitchLanguage()
  const themeItems = useThemeItems().map((item) => ({ ...item, id: `theme-${item.id}` }))
  const other = lang === 'zh' ? 'en' : 'zh'
  const phone = window.matchMedia('(max-width: 719px)').matches
  const items: MenuItem[] = [
    ...(phone
      ? [
          {
            id: 'lang',
            text: other === 'zh' ? '中文' : 'English',
            icon: 'globe' as const,
            onSelect: () => switchTo(other),
          },
        ]
      : []),
    ...(phone ? themeItems : []),
    { id: 'out', text: t('signOut'), icon: 'out', onSelect: () => void signOut() },
  ]
  const roles = me.actor.roles.map((id) => label(me.roles.find((r) => r.id === id)?.name, id)).join('、')
  return (
    <Menu
      title={roles ? `${me.actor.name} · ${roles}` : me.actor.name}
      items={items}
      button={(p) => (
        <button
          type="button"
          {...p}
          className="top-avatar"
          data-initials={initials(me.actor.name)}
          aria-label={`${t('account')}: ${me.actor.name}`}
          title={me.actor.name}
        />
      )}
    />
  )
}

/** What stands for a name in a small circle: the first character of a Chinese one, the first letters of others. */
export function initials(name: string): string {
  const trimmed = name.trim()
  if (/\p{Script=Han}/u.test(trimmed)) return [...trimmed][0] ?? ''
  const words = trimmed.split(/[\s._-]+/).filter(Boolean)
  return words
    .slice(0, 2)
    .map((w) => [...w][0]!.toUpperCase())
    .join('')
}
