import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** An ID token that comes through the browser needs one (OpenID Connect Core sections 3.2.2.1 and 3.3.2.1). */
export const nonce: Check = {
  name: 'nonce',
  run(request) {
    if (request.responseType?.idToken && request.get('nonce') === undefined)
      throw new OAuthError('invalid_request', 'Missing parameter: nonce')
  },
}
