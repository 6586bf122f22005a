import { useApiUsers } from '@/api/queries'
import { plain } from '../member'
import type { CellProps } from '../props'

export function UserCell({ value }: CellProps) {
  const id = plain(value)
  const users = useApiUsers(undefined, id !== '')
  if (id === '') return <span className="muted">—</span>
  return <span>{users.data?.items.find((u) => u.id === id)?.name ?? id}</span>
}
