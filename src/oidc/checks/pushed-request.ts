import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

const name = 'require.pushed.authorization.requests'

/** A client may have promised to push its requests and to send none through the browser (RFC 9126 section 6). */
export const pushedRequest: Check = {
  name: 'pushed request',
  run({ client, pushed }) {
    if (!pushed && client.attributes[name] === 'true')
      throw new OAuthError('invalid_request', 'Pushed Authorization Request is only allowed.')
  },
}
