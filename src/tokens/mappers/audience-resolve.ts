import type { ProtocolMapper } from '../protocol-mapper.ts'
import { addAudience } from './claim-writer.ts'
import { resourceServerOnly, tokenMapper } from './properties.ts'

/** Every client with roles in the token, as renamed and hardcoded by other mappers, but the token's own client. */
export const audienceResolve: ProtocolMapper = {
  id: 'oidc-audience-resolve-mapper',
  label: 'Audience Resolve',
  help: 'Adds all client_ids of "allowed" clients to the audience field of the token. Allowed client means the client\n for which user has at least one client role',
  category: tokenMapper,
  priority: 30,
  targets: ['access', 'introspection'],
  onUnlessSwitchedOff: true,
  properties: [...resourceServerOnly],
  compile:
    () =>
    (claims, { roles, client }) => {
      for (const clientId of roles.client.keys()) if (clientId !== client.clientId) addAudience(claims, clientId)
    },
}
