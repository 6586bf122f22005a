import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@/ui/tokens.css'
import '@/ui/base.css'

createRoot(document.getElementById('root')!).render(<StrictMode>Sluice</StrictMode>)
