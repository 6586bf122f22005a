import { type FormEvent, useState } from 'react'
import { sentence } from '@/api/errors'
import type { Card } from '@/api/types'
import { useLabel, useT as useShared } from '@/i18n'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field, Input } from '@/ui/Field'
import type { Step } from '@/views/moves'
import { cardName } from './setup'
import { useT } from './texts'

interface Props {
  card: Card
  step: Step
  onClose: () => void
  /** Sends the code; resolves to what went wrong, if anything. */
  onCode: (code: string) => Promise<unknown>
}

/** Asks for the code that proves the step. Hand scanners type it and press Enter. */
export function ScanDialog({ card, step, onClose, onCode }: Props) {
  const t = useT()
  const shared = useShared()
  const label = useLabel()
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!code.trim()) return
    setBusy(true)
    const failed = await onCode(code.trim())
    if (failed) {
      setError(sentence(failed))
      setCode('')
      setBusy(false)
    } else onClose()
  }

  return (
    <Dialog
      title={t('scanTitle', { step: label(step.transition.name) })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shared('cancel')}</Button>
          <Button type="submit" form="scan-form" look="primary" busy={busy}>
            {shared('confirm')}
          </Button>
        </>
      }
    >
      <form id="scan-form" className="scan-form" onSubmit={(e) => void submit(e)}>
        <p className="muted">{t('scanText', { card: cardName(card) })}</p>
        <Field label={t('scanCode')} error={error || undefined}>
          {(p) => (
            <Input
              {...p}
              className="mono"
              autoFocus
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={code}
              onChange={(e) => setCode(e.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
