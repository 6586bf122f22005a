import { useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import { useApiForm } from '@/api/queries'
import type { FieldDef, FormDef, ViewInfo } from '@/api/types'
import { texts, useLabel, useLang } from '@/i18n'
import { Select } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { EmptyState, ErrorState, Loading } from '@/ui/State'
import { useTitle } from '@/ui/title'
import { fieldAt, pathName, useDisplay } from '@/views/display'
import { FilterBox, useFilterWords } from '@/views/FilterBox'
import { LiveBadge } from '@/views/LiveBadge'
import { referencesOf } from '@/views/names'
import en from './en.json'
import './list.css'
import { type ListColumn, ListRows } from './ListRows'
import { useRows } from './rows'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

const numeric = new Set<string>(['number', 'integer', 'money'])

/** px that a column takes at least, by type of field, where the view says nothing. */
const widths: Record<string, number> = {
  reference: 208,
  serial: 192,
  datetime: 148,
  text: 152,
  longtext: 240,
  address: 240,
  scan: 152,
  urgency: 96,
  select: 152,
  integer: 96,
  number: 112,
}

function typeAt(form: FormDef, path: string): FieldDef['type'] | undefined {
  const field = fieldAt(form, path)
  return field?.type === 'computed' ? field.result : field?.type
}

/** A list view: live in its own order; any column sorts it by the server. */
export default function List({ info }: { info: ViewInfo }) {
  const view = info.definition
  const t = useT()
  const label = useLabel()
  const lang = useLang()
  const form = useApiForm(view.form)
  const [params, setParams] = useSearchParams()
  const sort = params.get('sort') ?? ''
  const { rows, total, loaded, more, error, sortable } = useRows(view, form.data?.definition, sort)
  const query = useFilterWords()
  const name = label(view.name, view.id)
  useTitle(name)

  const paths = useMemo(() => (view.columns ?? []).flatMap((c) => (c.field ? [c.field] : [])), [view])
  const show = useDisplay(form.data?.definition, form.data?.chain, paths)
  const columns = useMemo<ListColumn[]>(() => {
    const definition = form.data?.definition
    if (!definition) return []
    const listed = view.columns?.length
      ? view.columns
      : ['$no', ...definition.fields.slice(0, 5).map((f) => f.id)].map((field) => ({ field }))
    return listed.flatMap((c) => {
      if (!c.field) return []
      const heading = label('name' in c ? c.name : undefined, pathName(definition, c.field, lang))
      const type = typeAt(definition, c.field)
      return [
        {
          path: c.field,
          name: heading,
          width: ('width' in c && c.width) || widths[type ?? ''] || 132,
          numeric: numeric.has(type ?? ''),
        },
      ]
    })
  }, [view, form.data, lang, label])

  const references = useMemo(() => referencesOf(form.data?.definition, paths), [form.data, paths])
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const hits = words.length
    ? rows.filter((row) => {
        const text = [row.no, row.title, ...columns.map((c) => show(c.path, row.value(c.path)).text)]
          .join('\n')
          .toLowerCase()
        return words.every((w) => text.includes(w))
      })
    : rows

  const setSort = (next: string) =>
    setParams(
      (now) => {
        const to = new URLSearchParams(now)
        if (next) to.set('sort', next)
        else to.delete('sort')
        return to
      },
      { replace: true },
    )

  const failure = error ?? form.error
  if (failure) return <ErrorState error={failure} onRetry={() => window.location.reload()} />
  return (
    <div className="list">
      <header className="board-head list-head">
        <h1>{name}</h1>
        {!sort && <LiveBadge />}
        <span className="list-shown muted">
          {loaded && (total === undefined ? t('shownOnly', { n: hits.length }) : t('shown', { n: hits.length, total }))}
        </span>
        <FilterBox />
        <Select
          className="list-sort"
          aria-label={t('sortBy')}
          value={sort}
          onChange={(e) => setSort(e.target.value)}
          placeholder={t('sortDefault')}
          choices={columns
            .filter((c) => sortable(c.path))
            .flatMap((c) => [
              { id: c.path, name: t('sortUp', { name: c.name }) },
              { id: `-${c.path}`, name: t('sortDown', { name: c.name }) },
            ])}
        />
        {form.data?.access.create && (
          <Link href={`/forms/${view.form}/new`} className="button button-primary">
            <Icon name="plus" size={18} />
            <span className="button-text">{t('new')}</span>
          </Link>
        )}
      </header>
      {!form.data || !loaded ? (
        <Loading lines={10} />
      ) : hits.length === 0 ? (
        <EmptyState icon="list" title={t(words.length ? 'noHits' : 'empty')} />
      ) : (
        <ListRows
          caption={name}
          form={view.form}
          columns={columns}
          rows={hits}
          show={show}
          references={references}
          sortable={sortable}
          sort={sort}
          onSort={setSort}
          more={more}
        />
      )}
    </div>
  )
}
