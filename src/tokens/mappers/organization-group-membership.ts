import type { ProtocolMapper } from '../protocol-mapper.ts'
import { everywhere, property, tokenMapper } from './properties.ts'

/** Realms have no organizations here, so they have no groups either: the mapper writes nothing, as the reference's does in such a realm. */
export const organizationGroupMembership: ProtocolMapper = {
  id: 'oidc-organization-group-membership-mapper',
  label: 'Organization Group Membership',
  help: 'Map user Organization group membership',
  category: tokenMapper,
  priority: 10,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    ...everywhere,
    property('addGroupRoleMappings', {
      label: 'addGroupRoleMappings.label',
      helpText: 'addGroupRoleMappings.help',
      type: 'boolean',
      defaultValue: 'false',
    }),
  ],
  compile: () => () => {},
}
