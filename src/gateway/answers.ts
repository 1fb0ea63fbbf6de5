import { type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Refusal } from './refusal.ts'

const realm = 'Bearer realm="gateway"'
/** Seconds after which an issuer that did not answer may do so. */
const retryAfterSeconds = 5

/**
 * The answer to a request that does not pass. 401 with the challenge of RFC 6750 section 3 and the same words as JSON; 403 without a body,
 * since what a route asks for is not told to those who lack it.
 */
export function refusalResponse({ check, status, description, methods }: Refusal, requestId: string): HttpResponse {
  const headers = { 'x-request-id': requestId }
  switch (status) {
    case 401: {
      // Section 3.1: a request without a token gets no error code in its challenge.
      if (check === 'bearer') {
        return jsonResponse(401, { error: 'missing_token', error_description: description }, { ...headers, 'www-authenticate': realm })
      }
      const challenge = `${realm}, error="invalid_token", error_description="${description}"`
      return jsonResponse(401, { error: 'invalid_token', error_description: description }, { ...headers, 'www-authenticate': challenge })
    }
    case 403:
      return { status: 403, headers: { ...headers, 'www-authenticate': `${realm}, error="insufficient_scope"` } }
    case 405:
      return jsonResponse(
        405,
        { error: 'method_not_allowed', error_description: description },
        { ...headers, allow: (methods ?? []).join(', ') },
      )
    case 503:
      return jsonResponse(
        503,
        { error: 'temporarily_unavailable', error_description: description },
        { ...headers, 'retry-after': String(retryAfterSeconds) },
      )
    default:
      return jsonResponse(status, { error: 'not_found', error_description: description }, headers)
  }
}
