import type { Role } from '../../realm/model.ts'
import type { ProtocolMapper, TokenFacts } from '../protocol-mapper.ts'
import { tokenRoles } from '../roles.ts'
import { askedOrganizations } from './asked-organizations.ts'
import { type Combine, parseClaimPath, putClaim } from './claim-path.ts'
import { organizationClaim } from './organization-membership.ts'
import { everywhere, property, tokenMapper } from './properties.ts'

/** Groups and their roles, put into what the membership mapper says of each organization; that becomes an object. */
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
  compile(config) {
    const withRoles = config['addGroupRoleMappings'] === 'true'
    return (claims, facts) => {
      if (facts.scopes.organizations === undefined) return
      const own = askedOrganizations(facts).map(({ alias, groupPaths, roles }): readonly [string, object] => [
        alias,
        { groups: groupPaths, ...(withRoles ? rolesClaims(roles) : {}) },
      ])
      putClaim(claims, claimPath(facts), withGroups(undefined, own), (known) => withGroups(known, own))
    }
  },
}

/** The claim that the membership mapper of the same request writes. */
function claimPath({ scopes }: Pick<TokenFacts, 'scopes'>): readonly string[] {
  const mappers = [...scopes.scopes, scopes.client].flatMap((source) => source.mappers)
  const membership = mappers.find(({ protocolMapper }) => protocolMapper === 'oidc-organization-membership-mapper')
  return parseClaimPath(organizationClaim(membership?.config ?? {}))
}

type Members = Parameters<Combine>[0]

function withGroups(known: Members, own: readonly (readonly [alias: string, groups: object])[]): Record<string, unknown> {
  const said = typeof known === 'object' && known !== null && !Array.isArray(known) ? (known as Record<string, unknown>) : {}
  const added = own.map(([alias, groups]) => {
    const before = Object.hasOwn(said, alias) ? said[alias] : undefined
    return [alias, { ...(typeof before === 'object' ? before : {}), ...groups }] as const
  })
  return { ...said, ...Object.fromEntries(added) }
}

function rolesClaims(roles: readonly Role[]): Record<string, unknown> {
  const { realm, client } = tokenRoles(roles)
  const ofClients = Object.fromEntries(Array.from(client, ([clientId, names]) => [clientId, { roles: [...names] }]))
  return {
    ...(realm.size === 0 ? {} : { realm_access: { roles: [...realm] } }),
    ...(client.size === 0 ? {} : { resource_access: ofClients }),
  }
}
