import { memo } from 'react'
import type { Card } from '@/api/types'
import { useLabel } from '@/i18n'
import { IconButton } from '@/ui/Button'
import { Menu, type MenuItem } from '@/ui/Menu'
import { cardName, useBoard } from './setup'
import { useT } from './texts'

/** "Move to…": the same moves as by dragging, for every finger, keyboard and screen reader. */
export const MoveMenu = memo(function MoveMenu({ card, disabled }: { card: Card; disabled: boolean }) {
  const t = useT()
  const label = useLabel()
  const { targets, move, columns } = useBoard()

  const items = (): MenuItem[] => {
    const all = targets(card)
    if (all.length === 0) return [{ id: 'none', text: t('noMoves'), disabled: true, onSelect: () => {} }]
    return all.map((target) => {
      const column = columns.find((c) => c.id === target.column)
      const effort = target.step?.effort
      const name = target.step
        ? label(target.step.transition.name, target.step.transition.id)
        : (column?.name ?? target.column)
      const lands = target.step ? label(target.step.to.name) : ''
      const note = [
        lands === name ? '' : `→ ${lands}`,
        effort === 'scan' ? t('needScan') : effort === 'open' ? t('needOpen') : '',
      ]
      return {
        id: target.step?.transition.id ?? target.column,
        text: name,
        note: target.step ? note.filter(Boolean).join(' · ') : undefined,
        color: target.step?.to.color ?? column?.color ?? 'gray',
        onSelect: () => move(card, target),
      }
    })
  }

  return (
    <Menu
      title={t('moveTo')}
      items={items}
      button={(p) => (
        <IconButton
          {...p}
          className="card-move"
          icon="more"
          small
          disabled={disabled}
          label={t('moveCard', { card: cardName(card) })}
        />
      )}
    />
  )
})
