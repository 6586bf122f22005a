import { Field, Input } from '@/ui/Field'
import { useEntryContext } from '../form/context'
import type { ADDRESS_PARTS } from '../form/shape'
import { plain } from '../member'
import type { InputProps } from '../props'
import { useT } from '../texts'

const AUTO: Record<(typeof ADDRESS_PARTS)[number], string> = {
  province: 'address-level1',
  city: 'address-level2',
  district: 'address-level3',
  street: 'street-address',
  postcode: 'postal-code',
  name: 'name',
  phone: 'tel',
}
/** People first, as on a parcel's label. */
const ORDER = ['name', 'phone', 'province', 'city', 'district', 'postcode', 'street'] as const

export function AddressInput(p: InputProps) {
  const t = useT()
  const entry = useEntryContext()
  const a = (p.value ?? {}) as Record<string, unknown>
  const set = (part: string, text: string) => {
    const next: Record<string, unknown> = { ...a, [part]: text }
    if (text === '') delete next[part]
    p.onChange(Object.keys(next).length > 0 ? next : null)
  }
  return (
    <div className="address" id={p.id}>
      {ORDER.map((part) => (
        <Field
          key={part}
          className={`address-${part}`}
          label={t(part === 'name' ? 'person' : part)}
          error={entry?.errorAt(`/${p.field.id}/${part}`)}
        >
          {(own) => (
            <Input
              {...own}
              autoComplete={AUTO[part]}
              type={part === 'phone' ? 'tel' : 'text'}
              inputMode={part === 'phone' ? 'tel' : part === 'postcode' ? 'numeric' : 'text'}
              readOnly={p.readOnly}
              value={plain(a[part])}
              onChange={(e) => set(part, e.target.value)}
              onBlur={p.onBlur}
            />
          )}
        </Field>
      ))}
    </div>
  )
}
