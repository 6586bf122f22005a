import type { KeyboardCoordinateGetter } from '@dnd-kit/core'

/** Arrow keys jump from column to column, as a person thinks of the board, not pixel by pixel. */
export const byColumns: KeyboardCoordinateGetter = (event, { context, currentCoordinates }) => {
  const way = event.code === 'ArrowRight' ? 1 : event.code === 'ArrowLeft' ? -1 : 0
  if (way === 0) return undefined
  event.preventDefault()
  const { droppableRects, collisionRect } = context
  if (!collisionRect) return currentCoordinates
  const columns = [...droppableRects].filter(([id]) => !String(id).startsWith('tab:')).map(([, rect]) => rect)
  columns.sort((a, b) => a.left - b.left)
  const middle = collisionRect.left + collisionRect.width / 2
  const now = columns.findIndex((rect) => middle >= rect.left && middle <= rect.right)
  const next = columns[now + way]
  if (!next) return currentCoordinates
  return { x: next.left + (next.width - collisionRect.width) / 2, y: Math.max(collisionRect.top, next.top + 8) }
}
