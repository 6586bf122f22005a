/** localStorage that never throws: private windows and full disks only lose the preference. */
export const storage = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(`sluice.${key}`)
    } catch {
      return null
    }
  },
  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`sluice.${key}`)
      else localStorage.setItem(`sluice.${key}`, value)
    } catch {
      // kept for this page only
    }
  },
}
