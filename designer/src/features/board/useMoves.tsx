import { type ReactNode, useCallback, useState } from 'react'
import { useLocation } from 'wouter'
import { api, at } from '@/api/client'
import { useKeepRecord, useMe } from '@/api/queries'
import type { Card, FormInfo, Rec, ViewDef } from '@/api/types'
import { label, useLabel } from '@/i18n'
import type { LiveView } from '@/live/live'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { type Step, stepsFrom, stepsTo } from '@/views/moves'
import { ScanDialog } from './ScanDialog'
import { type ColumnInfo, cardName, type Target } from './setup'
import { useT } from './texts'

interface Moves {
  targets: (card: Card) => Target[]
  move: (card: Card, target: Target) => void
  /** A card dropped on a column: finds the step, or says why there is none. */
  drop: (card: Card, column: string) => void
  canDrop: (card: Card, column: string) => boolean
  /** The dialog that is open, if any. */
  dialog: ReactNode
}

type Ask = { kind: 'scan'; card: Card; step: Step } | { kind: 'which'; card: Card; targets: Target[] }

/** Moving cards: shown at once, sent as an event, taken back in the server's words when refused. */
export function useMoves(view: ViewDef, form: FormInfo | undefined, columns: ColumnInfo[], live: LiveView): Moves {
  const t = useT()
  const text = useLabel()
  const [, go] = useLocation()
  const { roles } = useMe().actor
  const keep = useKeepRecord()
  const [ask, setAsk] = useState<Ask>()
  const chain = form?.chain
  const byState = view.groupBy === '$state'
  const editable = !!form?.access.edit && !form.access.locked?.includes(view.groupBy ?? '')

  const send = useCallback(
    async (card: Card, column: string, state: string | undefined, call: () => Promise<Rec>): Promise<unknown> => {
      if (!live.board.move(card.id, column, state ? { state } : {})) return undefined
      live.told()
      try {
        const record = await call()
        live.board.accepted(card.id, Number(record.rev))
        keep(record)
        return undefined
      } catch (error) {
        live.board.refused(card.id)
        return error ?? new Error()
      } finally {
        live.told()
      }
    },
    [live, keep],
  )

  const step = async (card: Card, s: Step, evidence: { kind: string; code?: string }): Promise<unknown> => {
    const path = at`/forms/${view.form}/records/${card.id}/events`
    const column = byState ? s.to.id : card.group
    const shown = columns.some((c) => c.id === column)
    const call = () => api.post<Rec>(path, { transition: s.transition.id, evidence })
    const failed = await send(card, shown ? column : '\u0000elsewhere', s.to.id, call)
    if (!failed) toast.ok(t('moved', { card: cardName(card), to: text(s.to.name, s.to.id) }))
    return failed
  }

  const move = (card: Card, target: Target) => {
    const failed = (error: unknown) => error && toast.error(error, t('notMoved', { card: cardName(card) }))
    if (!target.step) {
      const field = view.groupBy ?? ''
      const call = () =>
        api.patch<Rec>(
          at`/forms/${view.form}/records/${card.id}`,
          { [field]: target.column || null },
          { rev: card.rev },
        )
      void send(card, target.column, undefined, call).then(failed)
    } else if (target.step.effort === 'now') void step(card, target.step, { kind: 'manual' }).then(failed)
    else if (target.step.effort === 'scan') setAsk({ kind: 'scan', card, step: target.step })
    else go(`/forms/${view.form}/${card.id}?move=${encodeURIComponent(target.step.transition.id)}`)
  }

  const targets = (card: Card): Target[] => {
    if (byState) {
      if (!chain) return []
      return stepsFrom(chain, card.state, roles)
        .filter((s) => s.effort !== 'never')
        .map((s) => ({ column: s.to.id, step: s }))
    }
    return editable ? columns.filter((c) => c.id !== card.group).map((c) => ({ column: c.id })) : []
  }

  const into = (card: Card, column: string): Target[] => {
    if (!byState) return targets(card).filter((x) => x.column === column)
    return chain ? stepsTo(chain, card, column, roles).map((s) => ({ column, step: s })) : []
  }

  /** No step leads there. A later stage is asked for all the same: the server says which one is missing, and tells those whose turn it is. */
  const refuse = async (card: Card, column: string) => {
    const name = (id: string) => columns.find((c) => c.id === id)?.name ?? id
    const failed = t('notMoved', { card: cardName(card) })
    const later = byState ? chain?.transitions.find((x) => x.to === column) : undefined
    try {
      if (later) {
        await api.post<Rec>(at`/forms/${view.form}/records/${card.id}/events`, { transition: later.id })
        return // the page was behind: the card moves with the next change
      }
      toast.error(t('noStep', { from: name(card.group), to: name(column) }), failed)
    } catch (error) {
      toast.error(error, failed)
    }
  }

  const drop = (card: Card, column: string) => {
    if (column === card.group) return
    const ways = into(card, column)
    const easy = ways.filter((w) => w.step?.effort === 'now')
    if (ways.length === 0) {
      void refuse(card, column)
    } else if (easy.length > 1) setAsk({ kind: 'which', card, targets: easy })
    else move(card, ways[0]!)
  }

  const close = () => setAsk(undefined)
  let dialog: ReactNode
  if (ask?.kind === 'scan') {
    dialog = (
      <ScanDialog
        card={ask.card}
        step={ask.step}
        onClose={close}
        onCode={(code) => step(ask.card, ask.step, { kind: 'scan', code })}
      />
    )
  } else if (ask?.kind === 'which') {
    dialog = (
      <Dialog title={t('whichStep')} onClose={close}>
        <div className="which-step">
          {ask.targets.map((target) => (
            <Button
              key={target.step?.transition.id}
              onClick={() => {
                close()
                move(ask.card, target)
              }}
            >
              {label(target.step?.transition.name)}
            </Button>
          ))}
        </div>
      </Dialog>
    )
  }
  return { targets, move, drop, canDrop: (card, column) => into(card, column).length > 0, dialog }
}
