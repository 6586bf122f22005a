import type { Data } from '@/fields/form'
import { storage } from '@/lib/storage'

/** What is kept on this device until the server has it. */
export interface Draft {
  data: Data
  /** Unix milliseconds of the last change. */
  at: number
  /** The body that was sent without an answer, and its idempotency key: a repeat is the same request. */
  sent?: { body: string; key: string }
}

/** The place of a person's draft of a form: another person at the same device has another. */
export function draftKey(tenant: string, actor: string, form: string): string {
  return `draft.${tenant}.${actor}.${form}`
}

/** Reads a draft; null when there is none that can be read. */
export function readDraft(key: string): Draft | null {
  const text = storage.get(key)
  if (!text) return null
  try {
    const d = JSON.parse(text) as Draft
    return d && typeof d.data === 'object' && d.data !== null ? d : null
  } catch {
    return null
  }
}

/** Keeps a draft, or forgets it when nothing has been filled in. */
export function writeDraft(key: string, draft: Draft | null): void {
  const filled =
    draft &&
    Object.values(draft.data).some(
      (v) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0),
    )
  storage.set(key, filled ? JSON.stringify(draft) : null)
}

/** The key for sending a body: the one it was sent with before, else a new one. */
export function keyFor(body: string, sent: Draft['sent'], fresh: () => string): string {
  return sent?.body === body ? sent.key : fresh()
}
