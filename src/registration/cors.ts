import { AdminError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'

/** Headers for a browser script of an origin that the token or a policy names. Throws AdminError 403 for any other; asked before anything is written. */
export function corsHeaders(request: HttpRequest, allowed: readonly string[]): Record<string, string> {
  const { origin } = request.headers
  if (origin === undefined || origin === new URL(request.baseUrl).origin) return {}
  if (!allowed.includes('*') && !allowed.includes(origin)) throw new AdminError(403, { error: 'Invalid origin' })
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
}
