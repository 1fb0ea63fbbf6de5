import type { IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import type { IdentityProviderRow } from '../storage/identity-providers.ts'
import { organizationProviders } from '../storage/organization-providers.ts'
import { organizations } from '../storage/organizations.ts'
import type { Sql } from '../storage/sql.ts'
import { domainsOf } from './organizations.ts'

/** In place of a domain: every domain of the organization. */
const anyDomain = 'ANY'

/** The setting of an identity provider that names the domain whose members log in by it. */
export const domainSetting = 'kc.org.domain'

/** An identity provider with its alias and id, as it is stored. */
export const describeLinkedProvider = (row: IdentityProviderRow): IdentityProviderRepresentation => ({
  ...(JSON.parse(row.doc) as IdentityProviderRepresentation),
  alias: row.alias,
  internalId: row.id,
})

/** What the reference says against the organization or the domain that an identity provider names; undefined when both are right. */
export async function organizationFault(
  tx: Sql,
  realmId: string,
  { organizationId, config = {} }: IdentityProviderRepresentation,
): Promise<string | undefined> {
  if (organizationId === undefined) return undefined
  const organization = await organizations(tx).find(realmId, organizationId)
  if (organization === undefined) return 'Organization associated with broker does not exist'
  const domain = config[domainSetting]
  if (domain === undefined || domain === '' || domain === anyDomain) return undefined
  const known = domainsOf(organization).some(({ name }) => name === domain)
  return known ? undefined : 'Domain does not match any domain from the organization'
}

/** Links an identity provider to an organization, or with undefined to none; then it loses its domain. */
export async function linkProvider(tx: Sql, row: IdentityProviderRow, organizationId: string | undefined): Promise<void> {
  const { organizationId: _before, config = {}, ...rest } = JSON.parse(row.doc) as IdentityProviderRepresentation
  const { [domainSetting]: _domain, ...kept } = config
  const doc = organizationId === undefined ? { ...rest, config: kept } : { ...rest, organizationId, config }
  await organizationProviders(tx).setDoc(row.id, JSON.stringify(doc))
}

/** Identity providers of an organization forget the domains that it has no more; with `all` they leave the organization. */
export async function unlinkDomains(tx: Sql, realmId: string, organizationId: string, domains: readonly string[] | 'all'): Promise<void> {
  if (domains !== 'all' && domains.length === 0) return
  for (const row of await organizationProviders(tx).listOf(realmId, organizationId)) {
    if (domains === 'all') await linkProvider(tx, row, undefined)
    else {
      const provider = JSON.parse(row.doc) as IdentityProviderRepresentation
      const { [domainSetting]: domain, ...config } = provider.config ?? {}
      if (domain === undefined || !domains.includes(domain)) continue
      await organizationProviders(tx).setDoc(row.id, JSON.stringify({ ...provider, config }))
    }
  }
}
