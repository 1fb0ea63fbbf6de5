import { askedScopes } from '../grants/scopes.ts'
import type { Check } from './check.ts'

/** RFC 6749 section 3.3. */
export const scope: Check = {
  name: 'scope',
  run(request) {
    askedScopes(request.client, request.get('scope'))
  },
}
