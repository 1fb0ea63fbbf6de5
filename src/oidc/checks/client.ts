import { PageError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** May this client send people to log in at all? */
export const client: Check = {
  name: 'client',
  run({ client: { enabled, bearerOnly, protocol } }) {
    if (!enabled) throw new PageError('clientDisabledMessage', 400, 'client_disabled')
    if (bearerOnly) throw new PageError('bearerOnlyMessage', 403, 'not_allowed')
    if (protocol !== 'openid-connect')
      throw new PageError('wrongClientProtocolMessage', 400, 'invalid_client', [], 'Wrong client protocol.')
  },
}
