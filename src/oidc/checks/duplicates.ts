import { OAuthError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** RFC 6749 section 3.1: no parameter more than once, be it one that we do not know. */
export const duplicates: Check = {
  name: 'duplicates',
  run({ repeated }) {
    if (repeated !== undefined) throw new OAuthError('invalid_request', 'duplicated parameter')
  },
}
