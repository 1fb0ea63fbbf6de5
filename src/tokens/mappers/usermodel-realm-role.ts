import type { ProtocolMapper } from '../protocol-mapper.ts'
import { appendToKnown } from './claim-path.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhere, jsonType, multivalued, property, tokenMapper } from './properties.ts'
import { roleList } from './role-list.ts'

export const usermodelRealmRole: ProtocolMapper = {
  id: 'oidc-usermodel-realm-role-mapper',
  label: 'User Realm Role',
  help: 'Map a user realm role to a token claim.',
  category: tokenMapper,
  priority: 40,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    property('usermodel.realmRoleMapping.rolePrefix', {
      label: 'usermodel.realmRoleMapping.rolePrefix.label',
      helpText: 'usermodel.realmRoleMapping.rolePrefix.tooltip',
      type: 'String',
    }),
    multivalued,
    claimName,
    jsonType,
    ...everywhere,
  ],
  compile(config, target) {
    const write = claimWriter(config, target, appendToKnown)
    if (write === undefined) return () => {}
    const listed = roleList(config, config['usermodel.realmRoleMapping.rolePrefix'])
    return (claims, { roles }) => write(claims, listed(roles.realm))
  },
}
