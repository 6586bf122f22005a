import { storage } from '@/lib/storage'
import { createStore } from '@/lib/store'

/** auto follows the system. public/theme.js applies the kept choice before the first paint. */
export type Theme = 'auto' | 'light' | 'dark'

const kept = storage.get('theme')
export const theme = createStore<Theme>(kept === 'light' || kept === 'dark' ? kept : 'auto')

export function setTheme(next: Theme): void {
  storage.set('theme', next === 'auto' ? null : next)
  if (next === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  theme.set(next)
}
