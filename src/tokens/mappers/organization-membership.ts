import { matchingDomain } from '../../realm/domains.ts'
import type { OrganizationFacts } from '../../realm/model.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { askedOrganizations } from './asked-organizations.ts'
import { replaceKnown } from './claim-path.ts'
import { convertAll, converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { hashOrder } from './hash-order.ts'
import { claimName, everywhere, property, tokenMapper } from './properties.ts'

/** The claim of a configuration; the reference's default where it names none. */
export const organizationClaim = (config: Readonly<Record<string, string>>): string => config['claim.name'] || 'organization'

/** Aliases of the user's organizations, or an object with a member for each. */
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
  compile(given, target) {
    const config: Readonly<Record<string, string>> = { ...given, 'claim.name': organizationClaim(given) }
    const one = config['multivalued'] === 'false'
    const adds = (name: string): boolean => !one && config[name] === 'true'
    const shown = {
      attributes: adds('addOrganizationAttributes'),
      id: adds('addOrganizationId'),
      domain: config['addOrganizationDomain'] === 'true',
    }
    const json = config['jsonType.label'] === 'JSON' || shown.attributes || shown.id
    // An alias is no JSON (reference behaviour).
    const write = one && json ? undefined : claimWriter(config, target, one || json ? replaceKnown : undefined)
    if (write === undefined) return () => {}
    const convert = converterOf(config)
    return (claims, facts) => {
      const organizations = askedOrganizations(facts)
      if (organizations.length === 0) return
      const ordered = hashOrder(organizations, ({ alias }) => alias)
      if (json) {
        const members = ordered.map((organization) => [organization.alias, describe(organization, facts.user.email, shown)] as const)
        write(claims, Object.fromEntries(members))
      } else if (one) write(claims, convert(organizations[0]?.alias ?? ''))
      else
        write(
          claims,
          convertAll(
            ordered.map(({ alias }) => alias),
            convert,
          ),
        )
    }
  },
}

/** An attribute may not say what the id or the domain is. */
function describe(
  { id, attributes, domains }: OrganizationFacts,
  email: string | undefined,
  shown: { readonly attributes: boolean; readonly id: boolean; readonly domain: boolean },
): Record<string, unknown> {
  const domain = shown.domain ? matchingDomain(domains, email) : undefined
  return { ...(shown.attributes ? attributes : {}), ...(shown.id ? { id } : {}), ...(domain === undefined ? {} : { domain }) }
}
