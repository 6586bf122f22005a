import { plain } from '../member'
import type { InputProps } from '../props'
import { useT } from '../texts'

/** Drawn by the server: nothing to fill in. */
export function SerialInput(p: InputProps) {
  const t = useT()
  return (
    <output id={p.id} className="output mono" aria-label={p['aria-label']}>
      {plain(p.value) || <span className="muted">{t('drawn')}</span>}
    </output>
  )
}
