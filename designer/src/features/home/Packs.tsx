import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at } from '@/api/client'
import type { Page } from '@/api/types'
import { type Label, texts, useLabel } from '@/i18n'
import { Button } from '@/ui/Button'
import { ErrorState, Loading } from '@/ui/State'
import { toast } from '@/ui/Toast'
import en from './en.json'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

interface Pack {
  id: string
  name: Label
  note: Label
}

/** What a new installation can begin with; one tap publishes it. */
export function Packs() {
  const t = useT()
  const label = useLabel()
  const client = useQueryClient()
  const packs = useQuery({ queryKey: ['packs'], queryFn: () => api.get<Page<Pack>>('/packs') })
  const [busy, setBusy] = useState<string>()

  const begin = async (id: string) => {
    setBusy(id)
    try {
      await api.post(at`/packs/${id}/apply`)
      await client.invalidateQueries()
    } catch (error) {
      toast.error(error)
    } finally {
      setBusy(undefined)
    }
  }

  if (packs.isPending) return <Loading lines={3} />
  if (packs.error) return <ErrorState error={packs.error} onRetry={() => void packs.refetch()} />
  return (
    <section className="home-section">
      <h2>{t('begin')}</h2>
      <p className="muted">{t('beginText')}</p>
      <ul className="home-tiles">
        {packs.data.items.map((p) => (
          <li key={p.id} className="home-pack panel">
            <strong>{label(p.name, p.id)}</strong>
            <p className="muted">{label(p.note)}</p>
            <Button look="primary" busy={busy === p.id} disabled={busy !== undefined} onClick={() => void begin(p.id)}>
              {t('use')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
