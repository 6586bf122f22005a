import { Link } from 'wouter'
import { plain } from '../member'
import type { CellProps } from '../props'
import { useReferenceName } from './search'

export function ReferenceCell({ field, value }: CellProps) {
  const id = plain(value)
  return id === '' ? <span className="muted">—</span> : <Known form={field.form ?? ''} id={id} />
}

function Known({ form, id }: { form: string; id: string }) {
  return <Link href={`/forms/${form}/${id}`}>{useReferenceName(form, id)}</Link>
}
