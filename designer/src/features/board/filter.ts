import type { Card } from '@/api/types'
import type { BoardSetup } from './setup'

const kept = new WeakMap<Card, { show: unknown; text: string }>()

/** Everything that can be read on a card, in lower case; made once per card and language. */
function textOf(card: Card, show: BoardSetup['show']): string {
  const known = kept.get(card)
  if (known?.show === show) return known.text
  const parts = [card.no ?? '', card.title ?? '']
  for (const [path, value] of Object.entries(card.values ?? {})) parts.push(show(path, value).text)
  const text = parts.join('\n').toLowerCase()
  kept.set(card, { show, text })
  return text
}

/** True when every word is somewhere on the card. */
export function fits(card: Card, words: string[], show: BoardSetup['show']): boolean {
  const text = textOf(card, show)
  return words.every((w) => text.includes(w))
}

export function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean)
}
