let tenantZone = 'Asia/Shanghai'

/** The tenant's time zone: every instant is shown by its clock, wherever the reader is. */
export function zone(): string {
  return tenantZone
}

/** Told once, when it is known who is signed in. */
export function setZone(name: string): void {
  tenantZone = name
}
