import { useState } from 'react'
import { cx } from '@/lib/cx'
import { IconButton } from '@/ui/Button'
import { Input } from '@/ui/Field'
import { plain } from '../member'
import { CameraDialog, canScan } from '../parts/Camera'
import { bare, type InputProps } from '../props'
import { useT } from '../texts'

/** A code: typed, sent by a hand scanner (which types it and presses Enter), or read by the camera. */
export function ScanInput(p: InputProps) {
  const t = useT()
  const [camera, setCamera] = useState(false)
  return (
    <span className="scan">
      <Input
        {...bare(p)}
        className={cx('mono', p.compact && 'cell-input')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="next"
        readOnly={p.readOnly}
        placeholder={p.compact || !canScan() ? '' : t('scanHint')}
        value={plain(p.value)}
        onChange={(e) => p.onChange(e.target.value === '' ? null : e.target.value)}
      />
      {!p.readOnly && canScan() && <IconButton icon="scan" label={t('camera')} onClick={() => setCamera(true)} />}
      {camera && (
        <CameraDialog
          onClose={() => setCamera(false)}
          onCode={(code) => {
            setCamera(false)
            p.onChange(code)
            p.onBlur?.()
          }}
        />
      )}
    </span>
  )
}
