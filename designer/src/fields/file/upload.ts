import { problemOf } from '@/api/errors'
import { lang, locale } from '@/i18n'
import type { FileRef } from './index'

export interface Upload {
  done: Promise<FileRef>
  abort: () => void
}

/** Sends a file to the server. XMLHttpRequest, because fetch does not tell how much has been sent. */
export function upload(file: File, onProgress: (share: number) => void): Upload {
  const xhr = new XMLHttpRequest()
  const done = new Promise<FileRef>((resolve, reject) => {
    xhr.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total)
    xhr.onload = () => {
      let body: unknown
      try {
        body = JSON.parse(xhr.responseText)
      } catch {
        body = undefined
      }
      if (xhr.status >= 200 && xhr.status < 300) resolve(body as FileRef)
      else reject(problemOf(xhr.status, body))
    }
    xhr.onerror = () => reject(problemOf(0, { code: 'network' }))
    xhr.onabort = () => reject(new DOMException('aborted', 'AbortError'))
  })
  xhr.open('POST', `/api/v1/files?name=${encodeURIComponent(file.name)}`)
  xhr.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
  xhr.setRequestHeader('Accept-Language', locale(lang.get()))
  xhr.send(file)
  return { done, abort: () => xhr.abort() }
}

/** 1536 → "1.5 kB" */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['kB', 'MB', 'GB']
  let n = bytes / 1024
  let i = 0
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024
    i++
  }
  return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`
}
