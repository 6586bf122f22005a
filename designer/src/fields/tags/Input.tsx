import { useState } from 'react'
import { Input } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { splitList } from '../parts/choices'
import { bare, type InputProps } from '../props'
import { useT } from '../texts'

/** Words as chips; Enter or a comma makes one, Backspace in the empty box takes the last one back. */
export function TagsInput(p: InputProps) {
  const t = useT()
  const [draft, setDraft] = useState('')
  const tags = Array.isArray(p.value) ? p.value.map(String) : []
  const add = (text: string) => {
    const more = splitList(text).filter((x) => !tags.includes(x))
    if (more.length > 0) p.onChange([...tags, ...more])
    setDraft('')
  }
  return (
    <div className="tags">
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
          {!p.readOnly && (
            <button
              type="button"
              aria-label={t('removeTag', { tag })}
              onClick={() => p.onChange(tags.filter((x) => x !== tag))}
            >
              <Icon name="close" size={14} />
            </button>
          )}
        </span>
      ))}
      {!p.readOnly && (
        <Input
          {...bare(p)}
          required={false}
          value={draft}
          placeholder={t('addTag')}
          enterKeyHint="done"
          autoComplete="off"
          onChange={(e) => (/[,，;；、]$/.test(e.target.value) ? add(e.target.value) : setDraft(e.target.value))}
          onBlur={() => {
            add(draft)
            p.onBlur?.()
          }}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.nativeEvent.isComposing) {
              e.preventDefault()
              add(draft)
            } else if (e.key === 'Backspace' && draft === '' && tags.length > 0) p.onChange(tags.slice(0, -1))
          }}
        />
      )}
    </div>
  )
}
