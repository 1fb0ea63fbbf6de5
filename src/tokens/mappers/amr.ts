import { authenticationMethods } from '../../sessions/completed-executions.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { inAccessToken, inIdToken, inLightweightToken, tokenMapper } from './properties.ts'

/**
 * Authentication methods (RFC 8176), named by the reference values in the configurations of the flow's executions; a login whose executions
 * have none, as in every flow that a realm begins with, has an empty list.
 */
export const amr: ProtocolMapper = {
  id: 'oidc-amr-mapper',
  label: 'Authentication Method Reference (AMR)',
  help: 'Add authentication method reference (AMR) to the token.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id'],
  properties: [inIdToken, inAccessToken, inLightweightToken],
  compile:
    () =>
    (claims, { session }) => {
      claims['amr'] = authenticationMethods(session.notes, Number(claims['iat']))
    },
}
