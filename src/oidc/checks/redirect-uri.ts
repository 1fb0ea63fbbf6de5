import { PageError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** Nobody is sent to an address that the client has not registered (RFC 6749 section 4.1.2.1). */
export const redirectUri: Check = {
  name: 'redirect_uri',
  details: (request) => ({ redirect_uri: request.get('redirect_uri') || undefined }),
  run(request) {
    if (request.redirectUri === undefined) throw new PageError('invalidParameterMessage', 400, 'invalid_redirect_uri', ['redirect_uri'])
  },
}
