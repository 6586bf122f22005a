import { IconButton } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { useT } from '../texts'
import type { FileRef } from './index'
import { sizeText } from './upload'

/** Stored files as links; the server always sends them as downloads. */
export function FileList({ files, onRemove }: { files: FileRef[]; onRemove?: ((id: string) => void) | undefined }) {
  const t = useT()
  return (
    <>
      {files.map((f) => (
        <div key={f.id} className="file-line">
          <a
            href={`/api/v1/files/${encodeURIComponent(f.id)}`}
            download={f.name}
            className="file-name"
            title={t('openFile', { name: f.name })}
          >
            <Icon name="file" size={18} />
            <span>{f.name}</span>
          </a>
          <span className="muted">{sizeText(f.size)}</span>
          {onRemove && (
            <IconButton icon="trash" small label={t('removeFile', { name: f.name })} onClick={() => onRemove(f.id)} />
          )}
        </div>
      ))}
    </>
  )
}
