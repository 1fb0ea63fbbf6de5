import type { ProtocolMapper } from '../protocol-mapper.ts'
import { inAccessToken, inIdToken, inIntrospection, inLightweightToken, tokenMapper } from './properties.ts'

export const acr: ProtocolMapper = {
  id: 'oidc-acr-mapper',
  label: 'Authentication Context Class Reference (ACR)',
  help: "Maps the achieved LoA (Level of Authentication) to the 'acr' claim of the token",
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  properties: [inIdToken, inAccessToken, inLightweightToken, inIntrospection],
  compile:
    () =>
    (claims, { session }) => {
      claims['acr'] = session.acr
    },
}
