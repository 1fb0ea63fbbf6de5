import { AdminError } from '../http/errors.ts'

/** Characters that RFC 3986 reserves, but for the quote, and the backslash. */
const reserved = /[!#$&()*+,/:;=?@[\\\]]/

/** Throws 400 for a name with a character that the reference refuses in paths. */
export function requireUnreserved(name: string): void {
  const bad = reserved.exec(name)?.[0]
  if (bad !== undefined) throw new AdminError(400, { error: `Character '${bad}' not allowed.` })
}
