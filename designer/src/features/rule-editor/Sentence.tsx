import type { Part } from '@/rule/sentence'
import { useT } from './texts'

/** A sentence whose parts are buttons: a tap changes what it says. */
export function Sentence({
  parts,
  onTap,
}: {
  parts: readonly Part[]
  onTap?: ((at: (string | number)[], role: Part['role']) => void) | undefined
}) {
  const t = useT()
  return (
    <>
      {parts.map((p, i) => {
        const { at } = p
        const key = `${i}-${p.text}`
        if (!at || !onTap || p.text.trim() === '') return <span key={key}>{p.text}</span>
        return (
          <button
            key={key}
            type="button"
            className={`part part-${p.role}`}
            aria-label={t('editPart', { text: p.text.trim() })}
            onClick={() => onTap(at, p.role)}
          >
            {p.text.trim()}
          </button>
        )
      })}
    </>
  )
}
