import type { ProtocolMapper } from '../protocol-mapper.ts'
import { claimName, everywhere, property, tokenMapper } from './properties.ts'

/** Realms have no organizations here, so nobody is a member of one: the mapper writes nothing, as the reference's does in such a realm. */
export const organizationMembership: ProtocolMapper = {
  id: 'oidc-organization-membership-mapper',
  label: 'Organization Membership',
  help: 'Map user Organization membership',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    claimName,
    ...everywhere,
    property('jsonType.label', {
      label: 'jsonType.label',
      helpText: 'jsonType.tooltip',
      type: 'List',
      defaultValue: 'String',
      options: ['String', 'JSON'],
    }),
    ...['multivalued', 'addOrganizationAttributes', 'addOrganizationId', 'addOrganizationDomain'].map((name) =>
      property(name, {
        label: `${name}.label`,
        helpText: name === 'multivalued' ? 'multivalued.tooltip' : `${name}.help`,
        type: 'boolean',
        defaultValue: name === 'multivalued' ? 'true' : 'false',
      }),
    ),
  ],
  compile: () => () => {},
}
