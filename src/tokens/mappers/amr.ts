import type { ProtocolMapper } from '../protocol-mapper.ts'
import { inAccessToken, inIdToken, inLightweightToken, tokenMapper } from './properties.ts'

/**
 * Authentication methods (RFC 8176). The reference names them by the reference values in the configs of the flow's executions; a login whose
 * executions have none, as in every flow that a realm begins with, has an empty list. Sessions here do not record executions, so reference
 * values of an imported flow are not told.
 */
export const amr: ProtocolMapper = {
  id: 'oidc-amr-mapper',
  label: 'Authentication Method Reference (AMR)',
  help: 'Add authentication method reference (AMR) to the token.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id'],
  properties: [inIdToken, inAccessToken, inLightweightToken],
  compile: () => (claims) => {
    claims['amr'] = []
  },
}
