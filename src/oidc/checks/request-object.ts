import { PageError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** How a client says that it sends nothing but request objects. */
const demands: ReadonlySet<string> = new Set(['request or request_uri', 'request only', 'request_uri only'])

/**
 * Requests by value or by reference (RFC 9101) are not taken: what they ask for must not be passed over in silence. A client that demands
 * them of its requests cannot log people in.
 */
export const requestObject: Check = {
  name: 'request object',
  run(request) {
    const isSent = request.get('request') !== undefined || request.get('request_uri') !== undefined
    if (isSent || demands.has(request.client.attributes['request.object.required'] ?? ''))
      throw new PageError('invalidRequestMessage', 400, 'invalid_request')
  },
}
