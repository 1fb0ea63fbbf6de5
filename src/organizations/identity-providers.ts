import type { IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import type { IdentityProviderRow } from '../storage/identity-providers.ts'
import { organizationProviders } from '../storage/organization-providers.ts'
import type { Sql } from '../storage/sql.ts'

/** The setting of an identity provider that names the domain whose members log in by it. */
export const domainSetting = 'kc.org.domain'

/** An identity provider with its alias and id, as it is stored. */
export const describeLinkedProvider = (row: IdentityProviderRow): IdentityProviderRepresentation => ({
  ...(JSON.parse(row.doc) as IdentityProviderRepresentation),
  alias: row.alias,
  internalId: row.id,
})

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
