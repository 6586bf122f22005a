// One timer for everything on the page that changes at a known moment (deadlines, ages).
// Polling a thousand cards every second would be late and wasteful; this wakes once per moment.

const longest = 2 ** 31 - 1 // setTimeout fires at once beyond this

interface Entry {
  at: number
  run: () => void
}

const waiting = new Set<Entry>()
let timer: ReturnType<typeof setTimeout> | undefined
let timerAt = Number.POSITIVE_INFINITY

function arm(): void {
  let next = Number.POSITIVE_INFINITY
  for (const entry of waiting) if (entry.at < next) next = entry.at
  if (next === timerAt) return
  clearTimeout(timer)
  timerAt = next
  if (next === Number.POSITIVE_INFINITY) return
  timer = setTimeout(fire, Math.min(Math.max(next - Date.now(), 0), longest))
}

function fire(): void {
  timerAt = Number.POSITIVE_INFINITY
  const now = Date.now()
  const due = [...waiting].filter((entry) => entry.at <= now)
  for (const entry of due) waiting.delete(entry)
  for (const entry of due) entry.run()
  arm()
}

/** Calls run once, at `at` (ms since 1970 of this machine's clock) or at once when that is past. Returns a cancel. */
export function onMoment(at: number, run: () => void): () => void {
  const entry = { at, run }
  waiting.add(entry)
  if (at < timerAt) arm()
  return () => {
    if (waiting.delete(entry) && entry.at === timerAt) arm()
  }
}
