import { useDraggable } from '@dnd-kit/core'
import { type KeyboardEventHandler, memo, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Card } from '@/api/types'
import { useLang } from '@/i18n'
import { cx } from '@/lib/cx'
import { Badge } from '@/ui/Badge'
import { Due, useDue } from '@/views/Due'
import { pathName } from '@/views/display'
import { useNames } from '@/views/names'
import { MoveMenu } from './MoveMenu'
import { useBoard } from './setup'

/** A card that can be dragged, opened and moved by menu. */
export const DraggableCard = memo(function DraggableCard({ card, pending }: { card: Card; pending: boolean }) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({
    id: card.id,
    data: { card },
    disabled: pending,
  })
  const { onKeyDown, ...pointer } = listeners ?? {}
  return (
    <article
      ref={setNodeRef}
      {...pointer}
      className={cx('card', isDragging && 'card-away', pending && 'card-pending')}
      data-card={card.id}
    >
      <CardBody
        card={card}
        link={{
          ref: setActivatorNodeRef,
          onKeyDown: onKeyDown as KeyboardEventHandler | undefined,
          'aria-describedby': attributes['aria-describedby'],
        }}
        menu={<MoveMenu card={card} disabled={pending} />}
      />
    </article>
  )
})

/** The picture of a card under the pointer while it is dragged. */
export function CardGhost({ card }: { card: Card }) {
  return (
    <div className="card card-ghost">
      <CardBody card={card} />
    </div>
  )
}

interface LinkProps {
  ref?: (element: HTMLElement | null) => void
  onKeyDown?: KeyboardEventHandler | undefined
  'aria-describedby'?: string
}

function CardBody({ card, link, menu }: { card: Card; link?: LinkProps; menu?: ReactNode }) {
  const { view, form, show, references } = useBoard()
  const lang = useLang()
  const left = useDue(card)
  useNames(references, [card.values])
  const look = view.card
  const title = card.title || (look ? show(look.title, card.values[look.title]).text : '') || card.no || card.id
  const stripe = left?.tone === 'late' ? 'red' : (card.color ?? (left?.tone === 'warn' ? 'yellow' : undefined))
  const badges = (look?.badges ?? []).map((path) => ({ path, ...show(path, card.values[path]) })).filter((b) => b.text)
  const no = card.no && card.no !== title ? card.no : ''
  // The line of a name that is still being asked for is there already: cards must not grow under the finger.
  const waits = (path: string) => references.some((f) => f.id === path) && !!card.values[path]
  const fields = (look?.fields ?? [])
    .map((path) => ({ path, text: show(path, card.values[path]).text }))
    .filter((f) => f.text || waits(f.path))
  return (
    <>
      {stripe && <span className={`card-stripe c-${stripe}`} />}
      <div className="card-top">
        {link ? (
          <Link href={`/forms/${view.form}/${card.id}`} className="card-title" draggable={false} {...link}>
            {title}
          </Link>
        ) : (
          <span className="card-title">{title}</span>
        )}
        {menu}
      </div>
      {(badges.length > 0 || left || no) && (
        <div className="card-badges">
          {no && <span className="card-no">{no}</span>}
          {badges.map((b) => (
            <Badge key={b.path} color={b.color}>
              {b.text}
            </Badge>
          ))}
          {left && <Due left={left} />}
        </div>
      )}
      {fields.length > 0 && (
        <dl className="card-fields">
          {fields.map((f) => (
            <div key={f.path}>
              <dt>{pathName(form.definition, f.path, lang)}</dt>
              <dd>{f.text || '\u00a0'}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}
