import { boundedMap } from '../../realm/bounded-map.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { appendToKnown, parseClaimPath } from './claim-path.ts'
import { pathWriter, type WriteClaim } from './claim-writer.ts'
import { textHashOrder } from './hash-order.ts'
import { everywhere, jsonType, multivalued, property, tokenMapper } from './properties.ts'
import { roleList } from './role-list.ts'

/** Writers kept per mapper: one for each client whose roles it has met. */
const writersMax = 100

const noRoles: ReadonlySet<string> = new Set()

const placeholder = /\$\{client_id\}/g

/** `${client_id}` in the claim's name is the client that has the roles; its dots make no path. */
export const usermodelClientRole: ProtocolMapper = {
  id: 'oidc-usermodel-client-role-mapper',
  label: 'User Client Role',
  help: 'Map a user client role to a token claim.',
  category: tokenMapper,
  priority: 40,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    property('usermodel.clientRoleMapping.clientId', {
      label: 'usermodel.clientRoleMapping.clientId.label',
      helpText: 'usermodel.clientRoleMapping.clientId.tooltip',
      type: 'ClientList',
    }),
    property('usermodel.clientRoleMapping.rolePrefix', {
      label: 'usermodel.clientRoleMapping.rolePrefix.label',
      helpText: 'usermodel.clientRoleMapping.rolePrefix.tooltip',
      type: 'String',
    }),
    multivalued,
    property('claim.name', {
      label: 'tokenClaimName.label',
      helpText: 'usermodel.clientRoleMapping.tokenClaimName.tooltip',
      type: 'String',
      required: true,
    }),
    jsonType,
    ...everywhere,
  ],
  compile(config, target) {
    const path = parseClaimPath(config['claim.name'] ?? '')
    const listed = roleList(config, config['usermodel.clientRoleMapping.rolePrefix'])
    const writers = boundedMap<string, WriteClaim>(writersMax)
    const writerFor = (clientId: string): WriteClaim => {
      const known = writers.get(clientId)
      if (known) return known
      const own = path.map((name) => name.replace(placeholder, () => clientId))
      const writer = pathWriter(own, config, target, appendToKnown) ?? (() => {})
      writers.set(clientId, writer)
      return writer
    }
    const only = config['usermodel.clientRoleMapping.clientId']
    if (only) {
      return (claims, { roles }) => {
        const names = roles.client.get(only)
        if (names) writerFor(only)(claims, listed(names))
      }
    }
    const single = config['multivalued'] !== 'true'
    return (claims, { roles }) => {
      // Of single values the last one stays, so there the order counts.
      const clientIds = single ? textHashOrder(roles.client.keys()) : roles.client.keys()
      for (const clientId of clientIds) writerFor(clientId)(claims, listed(roles.client.get(clientId) ?? noRoles))
    }
  },
}
