import { useEffect, useRef, useState } from 'react'
import { Dialog } from '@/ui/Dialog'
import { useT } from '../texts'
import './camera.css'

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}

type DetectorClass = new (options?: { formats?: string[] }) => Detector

/** Whether this browser can read codes with its camera by itself. */
export function canScan(): boolean {
  return 'BarcodeDetector' in globalThis && !!globalThis.navigator?.mediaDevices
}

/** The camera until a code is read; the code is handed over once. */
export function CameraDialog({ onCode, onClose }: { onCode: (code: string) => void; onClose: () => void }) {
  const t = useT()
  const video = useRef<HTMLVideoElement>(null)
  const [denied, setDenied] = useState(false)
  const found = useRef(onCode)
  found.current = onCode

  useEffect(() => {
    let stream: MediaStream | undefined
    let frame = 0
    let stopped = false
    const look = async (detector: Detector) => {
      if (stopped || !video.current) return
      const codes = video.current.readyState >= 2 ? await detector.detect(video.current).catch(() => []) : []
      if (stopped) return
      const code = codes[0]?.rawValue
      if (code) {
        navigator.vibrate?.(60)
        found.current(code)
        return
      }
      frame = requestAnimationFrame(() => void look(detector))
    }
    const start = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
        if (stopped || !video.current)
          return stream.getTracks().forEach((track) => {
            track.stop()
          })
        video.current.srcObject = stream
        await video.current.play()
        const Class = (globalThis as unknown as { BarcodeDetector: DetectorClass }).BarcodeDetector
        void look(new Class())
      } catch {
        if (!stopped) setDenied(true)
      }
    }
    void start()
    return () => {
      stopped = true
      cancelAnimationFrame(frame)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [])

  return (
    <Dialog title={t('camera')} onClose={onClose} className="camera">
      {denied ? (
        <p role="alert">{t('cameraDenied')}</p>
      ) : (
        <>
          <div className="camera-frame">
            <video ref={video} muted playsInline aria-label={t('camera')} />
          </div>
          <p className="muted">{t('cameraAim')}</p>
        </>
      )}
    </Dialog>
  )
}
