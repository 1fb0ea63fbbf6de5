import { PageError } from '../../http/errors.ts'
import { essentialAcrIsPossible } from '../../login/acr.ts'
import type { Check } from './check.ts'

/** A request must not insist on a level of authentication that cannot be (OpenID Connect Core section 5.5.1.1). The reference says so by a page. */
export const claims: Check = {
  name: 'claims',
  run(request) {
    if (!essentialAcrIsPossible(request.realm, request.client, { claims: request.get('claims') }))
      throw new PageError('invalidParameterMessage', 400, 'invalid_request', ['claims'], 'Invalid requested essential acr value')
  },
}
