import { allowedOrigin, anyOrigin } from '../http/cors.ts'
import { OAuthError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client } from '../realm/model.ts'
import { allowsOrigin } from '../realm/web-origins.ts'

/** CORS headers of an answer before the client is known to be who it says: any origin may read why it failed (reference behaviour). */
export const unknownClientOrigin = (request: HttpRequest, exposed = tokenExposed): Record<string, string> => {
  const headers = anyOrigin(request)
  return request.headers.origin === undefined ? headers : { ...headers, 'access-control-expose-headers': exposed }
}

export const tokenExposed = 'Access-Control-Allow-Methods'

/**
 * CORS headers for an authenticated client; none without an Origin or for our own. An origin that the client has not registered gets
 * 403 "Invalid origin", and nothing is issued.
 */
export function clientOrigin(request: HttpRequest, client: Client): Record<string, string> {
  const { origin } = request.headers
  if (origin === undefined || origin === new URL(request.baseUrl).origin) return {}
  if (!client.derived(allowsOrigin)(origin)) throw new OAuthError('Invalid origin', undefined, { status: 403, event: 'not_allowed' })
  return allowedOrigin(origin, tokenExposed)
}
