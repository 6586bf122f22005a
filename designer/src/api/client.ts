// The one place that calls fetch.
import { lang, locale } from '@/i18n'
import { randomId } from '@/lib/id'
import { ApiError, networkError, problemOf } from './errors'

export interface Options {
  body?: unknown
  /** Revision the change was made on: sent as If-Match. */
  rev?: string | number
  /** Idempotency key of a write; made when absent. Give one to keep it over retries by hand. */
  key?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  type?: string
}

export interface Answer<T> {
  value: T
  etag: string | null
}

const pauses = [300, 1200] // ms before the second and third try
const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

let signedOut = () => {}

/** Says what happens when the server answers 401: the shell goes to sign-in, keeping the place. */
export function onSignedOut(run: () => void): void {
  signedOut = run
}

function init(method: string, options: Options): RequestInit {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': locale(lang.get()),
    ...options.headers,
  }
  if (options.rev !== undefined)
    headers['If-Match'] = /^(W\/)?"/.test(String(options.rev)) ? String(options.rev) : `"${options.rev}"`
  if (writes.has(method)) headers['Idempotency-Key'] = options.key ?? randomId()
  const out: RequestInit = { method, headers, credentials: 'same-origin' }
  if (options.signal) out.signal = options.signal
  if (options.body instanceof Blob) {
    headers['Content-Type'] = options.type ?? (options.body.type || 'application/octet-stream')
    out.body = options.body
  } else if (options.body !== undefined) {
    headers['Content-Type'] = options.type ?? 'application/json'
    out.body = JSON.stringify(options.body)
  }
  return out
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  const text = await response.text()
  if (!text) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function again(status: number): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504
}

/**
 * Calls the API below /api/v1. Every write carries an idempotency key, so a call
 * whose answer was lost is repeated (twice, after a pause) without harm.
 * Throws ApiError.
 */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const call = init(method, options)
  for (let attempt = 0; ; attempt++) {
    let response: Response | undefined
    try {
      response = await fetch(`/api/v1${path}`, call)
    } catch (cause) {
      if (options.signal?.aborted) throw cause
    }
    if (response?.ok) return { value: (await read(response)) as T, etag: response.headers.get('ETag') }
    const status = response?.status ?? 0
    const pause = pauses[attempt]
    if (again(status) && pause !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)))
      continue
    }
    const error = response ? problemOf(status, await read(response)) : networkError()
    if (status === 401 && !path.startsWith('/sessions') && !path.startsWith('/setup')) signedOut()
    throw error
  }
}

async function value<T>(method: string, path: string, options?: Options): Promise<T> {
  return (await request<T>(method, path, options)).value
}

export const api = {
  get: <T>(path: string, options?: Options) => value<T>('GET', path, options),
  post: <T>(path: string, body?: unknown, options?: Options) => value<T>('POST', path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options?: Options) => value<T>('PUT', path, { ...options, body }),
  /** JSON Merge Patch; `rev` gives If-Match. */
  patch: <T>(path: string, body: unknown, options?: Options) =>
    value<T>('PATCH', path, { type: 'application/merge-patch+json', ...options, body }),
  del: <T>(path: string, options?: Options) => value<T>('DELETE', path, options),
}

/** Path with its parts escaped: at`/forms/${form}/records`. */
export function at(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce(
    (out, part, i) => out + part + (i < values.length ? encodeURIComponent(values[i] as string) : ''),
    '',
  )
}

export { ApiError }
