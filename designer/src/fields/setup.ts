import { useApiMe } from '@/api/queries'
import { type Lang, useLang } from '@/i18n'
import { setZone } from './parts/zone'

/** What all fields of a tenant share: the clock's zone, the currency, the reader's language. */
export interface FieldSetup {
  lang: Lang
  zone: string
  currency: string
  actor: string
}

export function useFields(): FieldSetup {
  const lang = useLang()
  const me = useApiMe().data
  const zone = me?.tenant.zone ?? 'Asia/Shanghai'
  setZone(zone)
  return { lang, zone, currency: me?.tenant.currency ?? 'CNY', actor: me?.actor.id ?? '' }
}
