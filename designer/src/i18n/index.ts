// Two languages, chosen by the person, kept in the browser. No library: a
// dictionary per feature, loaded with the feature, keys checked by the compiler.
import { useCallback } from 'react'
import { storage } from '@/lib/storage'
import { createStore, useStore } from '@/lib/store'
import en from './en.json'
import zh from './zh-CN.json'

export type Lang = 'zh' | 'en'

/** A text of a definition in both languages; a missing one falls back to the other. */
export interface Label {
  zh?: string
  en?: string
}

export type Params = Record<string, string | number>

function first(): Lang {
  const kept = storage.get('lang')
  if (kept === 'zh' || kept === 'en') return kept
  return globalThis.navigator?.language?.toLowerCase().startsWith('zh') === false ? 'en' : 'zh'
}

export const lang = createStore<Lang>(first())

/** What `lang` attributes, Intl and Accept-Language are given. */
export function locale(l: Lang = lang.get()): string {
  return l === 'zh' ? 'zh-CN' : 'en'
}

export function setLang(next: Lang): void {
  storage.set('lang', next)
  lang.set(next)
}

export function useLang(): Lang {
  return useStore(lang)
}

/** Puts params into the {places} of a sentence. */
export function fill(sentence: string, params?: Params): string {
  if (!params) return sentence
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place))
}

export type T<K extends string> = (key: K, params?: Params) => string

/**
 * Opens a dictionary: `export const useT = texts({ zh, en })` beside a feature's
 * two JSON files. The hook gives `t('key', {n: 3})` in the current language.
 */
export function texts<D extends Record<string, string>>(both: { zh: D; en: Record<keyof D & string, string> }) {
  return function useTexts(): T<keyof D & string> {
    const current = useLang()
    return useCallback((key, params) => fill((both[current] as Record<string, string>)[key] ?? key, params), [current])
  }
}

/** The shared words (buttons, states of loading, errors). */
export const useT = texts({ zh, en })

/** The text of a definition's label in a language; `or` when it has none. */
export function label(l: Label | string | undefined | null, current: Lang = lang.get(), or = ''): string {
  if (!l) return or
  if (typeof l === 'string') return l
  return l[current] || l[current === 'zh' ? 'en' : 'zh'] || or
}

/** label() bound to the current language: `const text = useLabel(); text(field.name, field.id)`. */
export function useLabel(): (l: Label | string | undefined | null, or?: string) => string {
  const current = useLang()
  return useCallback((l, or) => label(l, current, or), [current])
}
