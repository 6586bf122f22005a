import { type Label, label, lang } from '@/i18n'
import en from '@/i18n/en.json'
import zh from '@/i18n/zh-CN.json'
import type { Problem } from './types'

/** A refusal or failure of the server, or of the network (status 0, code "network"). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problems: Problem[]
  /** The current record, when a stale revision was refused. */
  readonly current: unknown

  constructor(status: number, code: string, message: string, problems: Problem[] = [], current?: unknown) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problems = problems
    this.current = current
  }

  /** The request never got an answer: it may be repeated with the same key. */
  get network(): boolean {
    return this.status === 0
  }
}

interface Body {
  title?: unknown
  detail?: unknown
  code?: unknown
  problems?: unknown
  current?: unknown
}

/** Reads problem+json; anything else becomes a plain sentence by status. */
export function problemOf(status: number, body: unknown): ApiError {
  const words = lang.get() === 'zh' ? zh : en
  const b: Body = body && typeof body === 'object' ? body : {}
  const problems = Array.isArray(b.problems) ? b.problems.filter(isProblem) : []
  const code = typeof b.code === 'string' ? b.code : (problems[0]?.code ?? `http_${status}`)
  const said = problems.map((p) => p.message).filter((m): m is string => !!m)
  const fallback = status === 403 ? words.errorDenied : status === 404 ? words.errorMissing : words.errorUnknown
  const detail = [b.detail, b.title].find((s): s is string => typeof s === 'string' && s !== '')
  return new ApiError(status, code, [...new Set(said)].join(' ') || detail || fallback, problems, b.current)
}

export function networkError(): ApiError {
  const said: Label = { zh: zh.errorNetwork, en: en.errorNetwork }
  return new ApiError(0, 'network', label(said))
}

/** A sentence for people, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message
  return lang.get() === 'zh' ? zh.errorUnknown : en.errorUnknown
}

/** Sentences by path: "/data/lines/0/qty" → "…"; several at one path are joined. */
export function byPath(problems: Problem[]): Record<string, string> {
  const out: Record<string, string> = {}
  for (const p of problems) {
    const said = p.message || p.code
    out[p.path] = out[p.path] ? `${out[p.path]} ${said}` : said
  }
  return out
}

function isProblem(p: unknown): p is Problem {
  return (
    !!p && typeof p === 'object' && typeof (p as Problem).code === 'string' && typeof (p as Problem).path === 'string'
  )
}
