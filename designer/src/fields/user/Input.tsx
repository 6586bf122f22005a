import { useApiUsers } from '@/api/queries'
import { useT as useShared } from '@/i18n'
import { cx } from '@/lib/cx'
import { Select } from '@/ui/Field'
import { plain } from '../member'
import { bare, type InputProps } from '../props'

/** One of the people who have one of the field's roles. */
export function UserInput(p: InputProps) {
  const t = useShared()
  const roles = p.field.roles ?? []
  const users = useApiUsers(roles.length === 1 ? roles[0] : undefined)
  const id = plain(p.value)
  const people = (users.data?.items ?? []).filter(
    (u) => roles.length === 0 || u.id === id || u.roles.some((r) => roles.includes(r)),
  )
  const known = people.some((u) => u.id === id)
  return (
    <Select
      {...bare(p)}
      className={cx(p.compact && 'cell-input')}
      disabled={p.readOnly}
      value={id}
      placeholder={users.isPending ? t('loading') : p.compact ? '' : t('choose')}
      choices={[...people.map((u) => ({ id: u.id, name: u.name })), ...(id && !known ? [{ id, name: id }] : [])]}
      onChange={(e) => p.onChange(e.target.value === '' ? null : e.target.value)}
    />
  )
}
