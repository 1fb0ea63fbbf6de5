import { OAuthError } from '../../http/errors.ts'
import { isImplicitOrHybrid } from '../response-type.ts'
import type { Check } from './check.ts'

/** Tokens do not belong into a query: it ends up in logs and referrers (OAuth 2.0 Multiple Response Types, section 3). */
export const responseMode: Check = {
  name: 'response_mode',
  run({ client, responseMode: mode, responseType }) {
    if (mode === undefined) throw new OAuthError('invalid_request', 'Invalid parameter: response_mode')
    // Encryption is not done here, and what a client wants encrypted must not go out in clear.
    if (mode.id.endsWith('.jwt') && client.attributes['authorization.encrypted.response.alg'])
      throw new OAuthError('invalid_request', 'Invalid parameter: response_mode')
    if (responseType === undefined || !isImplicitOrHybrid(responseType)) return
    if (mode.id === 'query') throw new OAuthError('invalid_request', "Response_mode 'query' not allowed for implicit or hybrid flow")
    if (mode.id === 'query.jwt')
      throw new OAuthError(
        'invalid_request',
        "Response_mode 'query.jwt' is allowed only when the authorization response token is encrypted",
      )
  },
}
