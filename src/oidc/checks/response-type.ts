import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

export const responseType: Check = {
  name: 'response_type',
  details: (request) => ({ response_type: request.get('response_type') }),
  run(request) {
    const text = request.get('response_type')
    if (text === undefined) throw new OAuthError('invalid_request', 'Missing parameter: response_type')
    if (request.responseType !== undefined) return
    const isMixed = text.split(' ').includes('none') && text.trim() !== 'none'
    const reason = isMixed ? "'None' not allowed with some other response_type" : 'Unsupported response_type'
    throw new OAuthError('unsupported_response_type', undefined, { event: 'invalid_request', reason })
  },
}
