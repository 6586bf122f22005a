import { useEffect } from 'react'

/** Names the browser's tab: "Outbound board · 活水". */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · 活水` : '活水 Sluice'
  }, [title])
}
