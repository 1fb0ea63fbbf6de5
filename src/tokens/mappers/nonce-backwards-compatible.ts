import type { ProtocolMapper } from '../protocol-mapper.ts'
import { tokenMapper } from './properties.ts'

/** ID tokens of the authorization endpoint have the nonce anyway; this brings it to access tokens and to the ID tokens of a refresh. */
export const nonceBackwardsCompatible: ProtocolMapper = {
  id: 'oidc-nonce-backwards-compatible-mapper',
  label: 'Nonce backwards compatible',
  help: 'Adds the nonce claim to Access, Refresh and ID token',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id'],
  properties: [],
  compile:
    () =>
    (claims, { session }) => {
      const nonce = session.clientNotes.get('nonce')
      if (nonce !== undefined) claims['nonce'] = nonce
    },
}
