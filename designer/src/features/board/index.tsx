import {
  type Announcements,
  type CollisionDetection,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { useCallback, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { useApiForm } from '@/api/queries'
import type { Card, ViewInfo } from '@/api/types'
import { useLabel, useLang } from '@/i18n'
import { useLiveView } from '@/live/useLive'
import { Icon } from '@/ui/Icon'
import { ErrorState } from '@/ui/State'
import { useTitle } from '@/ui/title'
import { useDisplay } from '@/views/display'
import { FilterBox, useFilterWords } from '@/views/FilterBox'
import { LiveBadge } from '@/views/LiveBadge'
import { referencesOf } from '@/views/names'
import './board.css'
import { CardGhost } from './CardView'
import type { Reach } from './Column'
import { ColumnTabs } from './ColumnTabs'
import { wordsOf } from './filter'
import { byColumns } from './keyboard'
import { BoardContext, type BoardSetup, cardName, columnsOf, type Target } from './setup'
import { useT } from './texts'
import { useMoves } from './useMoves'
import { Waiting } from './Waiting'

// Made once: options that are new with every render would make every card listen anew.
const sensing = {
  mouse: { activationConstraint: { distance: 6 } },
  touch: { activationConstraint: { delay: 220, tolerance: 8 } },
  keyboard: {
    coordinateGetter: byColumns,
    keyboardCodes: { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] },
  },
}

const underPointer: CollisionDetection = (args) => {
  const hits = pointerWithin(args)
  return hits.length > 0 ? hits : rectIntersection(args)
}

/** A live board: columns of cards, moved by mouse, finger, keyboard or menu. */
export default function Board({ info }: { info: ViewInfo }) {
  const view = info.definition
  const t = useT()
  const label = useLabel()
  const lang = useLang()
  const form = useApiForm(view.form)
  const live = useLiveView(view.id, view.window)
  const columns = useMemo(() => (form.data ? columnsOf(view, form.data, lang) : []), [view, form.data, lang])
  const paths = useMemo(
    () => [...(view.card?.fields ?? []), ...(view.card?.badges ?? []), view.card?.title ?? ''],
    [view],
  )
  const show = useDisplay(form.data?.definition, form.data?.chain, paths)
  const query = useFilterWords()
  const words = useMemo(() => wordsOf(query), [query])
  const moves = useMoves(view, form.data, columns, live)
  const latest = useRef(moves) // so that the setup, which every column watches, stays the same object
  latest.current = moves
  const [held, setHeld] = useState<Card>()
  const name = label(view.name, view.id)
  useTitle(name)

  const sensors = useSensors(
    useSensor(MouseSensor, sensing.mouse),
    useSensor(TouchSensor, sensing.touch),
    useSensor(KeyboardSensor, sensing.keyboard),
  )

  const setup = useMemo<BoardSetup | undefined>(
    () =>
      form.data
        ? {
            view,
            form: form.data,
            columns,
            live,
            show,
            references: referencesOf(form.data.definition, paths),
            targets: (card: Card) => latest.current.targets(card),
            move: (card: Card, target: Target) => latest.current.move(card, target),
          }
        : undefined,
    [view, form.data, columns, live, show, paths],
  )

  const reach = useCallback(
    (column: string): Reach => {
      if (!held) return 'free'
      return held.group === column || latest.current.canDrop(held, column) ? 'yes' : 'no'
    },
    [held],
  )

  const failure = live.failure.get() ?? form.error
  if (failure) return <ErrorState error={failure} onRetry={() => window.location.reload()} />

  const columnName = (id: unknown) => columns.find((c) => c.id === String(id).replace(/^tab:/, ''))?.name ?? ''
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('picked', { card: cardName(active.data.current?.card as Card) }),
    onDragOver: ({ over }) => (over ? t('over', { to: columnName(over.id) }) : undefined),
    onDragEnd: ({ over }) => (over ? t('dropped', { to: columnName(over.id) }) : t('dragCancel')),
    onDragCancel: () => t('dragCancel'),
  }
  const end = (event: DragEndEvent) => {
    setHeld(undefined)
    const card = live.board.card(String(event.active.id))
    if (card && event.over) moves.drop(card, String(event.over.id).replace(/^tab:/, ''))
  }
  return (
    <div className="board">
      <header className="board-head">
        <h1>{name}</h1>
        <LiveBadge />
        <span className="board-space" />
        <FilterBox />
        {form.data?.access.create && (
          <Link href={`/forms/${view.form}/new`} className="button button-primary board-new">
            <Icon name="plus" size={18} />
            <span className="button-text">{t('new')}</span>
          </Link>
        )}
      </header>
      {!setup || !live.board.loaded ? (
        <Waiting columns={columns} />
      ) : (
        <BoardContext.Provider value={setup}>
          <DndContext
            sensors={sensors}
            collisionDetection={underPointer}
            accessibility={{ announcements, screenReaderInstructions: { draggable: t('dragHelp') } }}
            onDragStart={({ active }) => setHeld(active.data.current?.card as Card)}
            onDragCancel={() => setHeld(undefined)}
            onDragEnd={end}
          >
            <ColumnTabs columns={columns} words={words} reach={reach} held={held?.id} />
            <DragOverlay dropAnimation={null}>{held && <CardGhost card={held} />}</DragOverlay>
          </DndContext>
          {moves.dialog}
        </BoardContext.Provider>
      )}
    </div>
  )
}
