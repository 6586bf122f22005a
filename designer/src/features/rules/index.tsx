import { Link } from 'wouter'
import { useMe } from '@/api/queries'
import { texts, useLabel } from '@/i18n'
import { Icon } from '@/ui/Icon'
import { EmptyState } from '@/ui/State'
import { useTitle } from '@/ui/title'
import en from './en.json'
import './rules.css'
import zh from './zh-CN.json'

const useT = texts({ zh, en })

/** The rules I may change. */
export default function Rules() {
  const t = useT()
  const label = useLabel()
  const me = useMe()
  const rules = me.rules ?? []
  useTitle(t('title'))
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('title')}</h1>
      </div>
      {rules.length === 0 ? (
        <EmptyState icon="rule" title={t('empty')}>
          {t('emptyText')}
        </EmptyState>
      ) : (
        <ul className="panel rule-list">
          {rules.map((r) => (
            <li key={r.id}>
              <Link href={`/rules/${r.id}`} className="rule-line">
                <Icon name="rule" />
                <span>
                  <strong>{label(r.name, r.id)}</strong>
                  <span className="muted">{label(me.forms.find((f) => f.id === r.form)?.name, r.form)}</span>
                </span>
                <Icon name="right" size={16} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
