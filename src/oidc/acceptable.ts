import { AdminError, PageError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'

/**
 * Throws 406 for a request whose Accept header (RFC 9110 section 12.5.1) names no JSON: a page for who wants HTML, which a browser never gets,
 * since it also takes anything else. Qualities are not looked at (reference behaviour).
 *
 * @param text what is told to who wants neither JSON nor HTML
 */
export function requireJsonAccepted({ headers }: HttpRequest, text = 'HTTP 406 Not Acceptable'): void {
  const types = (headers.accept ?? '*/*').split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase())
  if (types.some((type) => type === '*/*' || type === 'application/*' || type === 'application/json')) return
  if (types.includes('text/html')) throw new PageError('internalServerError', 406)
  throw new AdminError(406, { error: text })
}
