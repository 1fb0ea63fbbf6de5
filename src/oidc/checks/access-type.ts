import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** Not of OAuth: whether the application goes on without the person at the browser. */
export const accessType: Check = {
  name: 'access_type',
  run({ accessType: value }) {
    if (value !== undefined && value !== 'online' && value !== 'offline')
      throw new OAuthError('invalid_request', 'Invalid parameter: access_type')
  },
}
