// Deadlines are the server's moments; this machine's clock may be minutes off.

let skew = 0 // ms to add to this machine's clock

/** Takes the server's time from a frame. Small differences are the network's and are ignored. */
export function setServerNow(now: string): void {
  const at = Date.parse(now)
  if (Number.isNaN(at)) return
  const next = at - Date.now()
  if (Math.abs(next - skew) > 500) skew = next
}

/** The server's now, in ms since 1970. */
export function serverNow(): number {
  return Date.now() + skew
}

/** The moment of this machine's clock at which the server's clock shows `at`. */
export function localMoment(at: number): number {
  return at - skew
}
