import { useEffect, useState } from 'react'
import { useSearchParams } from 'wouter'
import { texts } from '@/i18n'
import { Icon } from '@/ui/Icon'
import en from './en.json'
import './filter-box.css'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** The words being filtered for, from the address: a link shows the same picture. */
export function useFilterWords(): string {
  return useSearchParams()[0].get('q') ?? ''
}

/** The box that puts words into the address, a moment after typing stops. */
export function FilterBox() {
  const t = useT()
  const [params, setParams] = useSearchParams()
  const kept = params.get('q') ?? ''
  const [text, setText] = useState(kept)

  useEffect(() => setText(kept), [kept])
  useEffect(() => {
    if (text === kept) return
    const timer = setTimeout(() => {
      setParams(
        (now) => {
          const next = new URLSearchParams(now)
          if (text) next.set('q', text)
          else next.delete('q')
          return next
        },
        { replace: true },
      )
    }, 120)
    return () => clearTimeout(timer)
  }, [text, kept, setParams])

  return (
    <label className="filter-box">
      <Icon name="search" size={16} />
      <span className="visually-hidden">{t('filter')}</span>
      <input
        type="search"
        value={text}
        placeholder={t('filterShort')}
        title={t('filter')}
        onChange={(e) => setText(e.target.value)}
      />
    </label>
  )
}
