import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { setLang } from '@/i18n'
import { Button, IconButton } from './Button'
import { Field, Input } from './Field'
import { Menu } from './Menu'

beforeEach(() => setLang('en'))
afterEach(cleanup)

test('a field ties label, note and error to its input', () => {
  render(
    <Field label="Phone" note="With area code" error="Not a phone number" required>
      {(p) => <Input {...p} />}
    </Field>,
  )
  const input = screen.getByLabelText(/Phone/)
  expect(input.getAttribute('aria-invalid')).toBe('true')
  const told = input
    .getAttribute('aria-describedby')!
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
  expect(told).toEqual(['With area code', 'Not a phone number'])
})

test('a busy button cannot be pressed', () => {
  const press = vi.fn()
  render(
    <Button busy onClick={press}>
      Save
    </Button>,
  )
  fireEvent.click(screen.getByRole('button'))
  expect(press).not.toHaveBeenCalled()
})

test('a menu opens on its first item, walks by arrows, closes on Esc and gives focus back', () => {
  const choose = vi.fn()
  const items = () => ['one', 'two'].map((id) => ({ id, text: id, onSelect: () => choose(id) }))
  render(<Menu title="Move to" items={items} button={(p) => <IconButton {...p} icon="more" label="Move" />} />)
  const button = screen.getByRole('button', { name: 'Move' })
  fireEvent.click(button)
  expect(document.activeElement?.textContent).toBe('one')
  fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' })
  expect(document.activeElement?.textContent).toBe('two')
  fireEvent.keyDown(document.activeElement!, { key: 'Escape' })
  expect(screen.queryByRole('menu')).toBeNull()
  fireEvent.click(button)
  fireEvent.click(screen.getByRole('menuitem', { name: 'two' }))
  expect(choose).toHaveBeenCalledExactlyOnceWith('two')
})

test('a disabled item stays and does nothing', () => {
  const choose = vi.fn()
  render(
    <Menu
      title="x"
      items={[{ id: 'a', text: 'a', disabled: true, onSelect: choose }]}
      button={(p) => <IconButton {...p} icon="more" label="Open" />}
    />,
  )
  fireEvent.click(screen.getByRole('button', { name: 'Open' }))
  fireEvent.click(screen.getByRole('menuitem'))
  expect(choose).not.toHaveBeenCalled()
  expect(screen.getByRole('menu')).toBeTruthy()
})
