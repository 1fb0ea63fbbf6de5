import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

export const responseType: Check = {
  name: 'response_type',
  run(request) {
    const text = request.get('response_type')
    if (text === undefined) throw new OAuthError('invalid_request', 'Missing parameter: response_type')
    if (request.responseType === undefined)
      throw new OAuthError('unsupported_response_type', undefined, { event: 'invalid_request', reason: 'Unsupported response_type' })
  },
}
