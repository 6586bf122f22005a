import { blank } from '../member'
import type { CellProps } from '../props'
import { FileList } from './FileList'
import { filesOf } from './index'

export function FileCell({ value }: CellProps) {
  return blank(value) ? <span className="muted">—</span> : <FileList files={filesOf(value)} />
}
