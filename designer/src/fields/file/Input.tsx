import { useEffect, useRef, useState } from 'react'
import { sentence } from '@/api/errors'
import { Button, IconButton } from '@/ui/Button'
import { accepts } from '../form/leaf'
import type { InputProps } from '../props'
import { useT } from '../texts'
import { FileList } from './FileList'
import { filesOf } from './index'
import { type Upload, upload } from './upload'

interface Going {
  key: number
  name: string
  share: number
  error?: string
  file: File
  task?: Upload
}

let keys = 0

/** Files that are on the server, those on their way, and buttons to add more. */
export function FileInput(p: InputProps) {
  const t = useT()
  const files = filesOf(p.value)
  const [going, setGoing] = useState<Going[]>([])
  const latest = useRef({ files, onChange: p.onChange })
  latest.current = { files, onChange: p.onChange }
  const tasks = useRef(new Set<Upload>())
  useEffect(() => {
    const running = tasks.current
    return () => {
      for (const task of running) task.abort()
    }
  }, [])

  const patch = (key: number, change: Partial<Going>) =>
    setGoing((all) => all.map((g) => (g.key === key ? { ...g, ...change } : g)))
  const drop = (key: number) => setGoing((all) => all.filter((g) => g.key !== key))

  const start = (file: File, key = ++keys) => {
    const wrong = !accepts(p.field.accept, file.type || 'application/octet-stream')
    const error = wrong ? t('fileType', { accept: (p.field.accept ?? []).join(', ') }) : undefined
    setGoing((all) => [
      ...all.filter((g) => g.key !== key),
      { key, name: file.name, share: 0, file, ...(error && { error }) },
    ])
    if (wrong) return
    const task = upload(file, (share) => patch(key, { share }))
    tasks.current.add(task)
    patch(key, { task })
    task.done
      .then((ref) => {
        drop(key)
        const next = [...latest.current.files, ref]
        latest.current.files = next
        latest.current.onChange(next)
      })
      .catch((cause: unknown) => {
        if (cause instanceof DOMException) drop(key)
        else patch(key, { error: t('uploadFailed', { name: file.name, reason: sentence(cause) }) })
      })
      .finally(() => tasks.current.delete(task))
  }

  const add = (list: globalThis.FileList | null) => {
    for (const file of list ?? []) start(file)
  }
  const images = !p.field.accept?.length || p.field.accept.some((a) => a.startsWith('image/') || a === '*/*')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files is a second way; the buttons are the first
    <div
      className="files"
      id={p.id}
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault()
        if (!p.readOnly) add(e.dataTransfer.files)
      }}
    >
      <FileList
        files={files}
        onRemove={p.readOnly ? undefined : (id) => p.onChange(files.filter((f) => f.id !== id))}
      />
      {going.map((g) => (
        <div key={g.key} className="file-line">
          {g.error ? (
            <span className="field-error" role="alert">
              {g.error}
            </span>
          ) : (
            <>
              <span className="file-name">{g.name}</span>
              <progress value={g.share} max={1} aria-label={t('uploading', { name: g.name })} />
            </>
          )}
          {g.error && <IconButton icon="refresh" small label={t('addFile')} onClick={() => start(g.file, g.key)} />}
          <IconButton
            icon="close"
            small
            label={t('removeFile', { name: g.name })}
            onClick={() => (g.task && !g.error ? g.task.abort() : drop(g.key))}
          />
        </div>
      ))}
      {!p.readOnly && <Pick p={p} images={images} onFiles={add} />}
    </div>
  )
}

function Pick({
  p,
  images,
  onFiles,
}: {
  p: InputProps
  images: boolean
  onFiles: (files: globalThis.FileList | null) => void
}) {
  const t = useT()
  const file = useRef<HTMLInputElement>(null)
  const photo = useRef<HTMLInputElement>(null)
  const props = {
    type: 'file' as const,
    hidden: true,
    onChange: (e: React.ChangeEvent<HTMLInputElement>) => {
      onFiles(e.target.files)
      e.target.value = ''
      p.onBlur?.()
    },
  }
  return (
    <div className="file-pick">
      <input ref={file} {...props} multiple accept={(p.field.accept ?? []).join(',')} aria-label={t('addFile')} />
      <Button icon="file" onClick={() => file.current?.click()}>
        {t('addFile')}
      </Button>
      {images && (
        <>
          <input ref={photo} {...props} accept="image/*" capture="environment" aria-label={t('photo')} />
          <Button icon="scan" className="file-photo" onClick={() => photo.current?.click()}>
            {t('photo')}
          </Button>
        </>
      )}
    </div>
  )
}
