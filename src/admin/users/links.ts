import { hiddenKinds } from '../../realm/defaults/identity-providers.ts'
import type { FederatedIdentityRepresentation as Link } from '../../representations/user.ts'
import { type FederatedIdentityRow, federatedIdentities } from '../../storage/federated-identities.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { AdminContext } from '../admin-route.ts'
import { identityProviderTypes } from '../identity-providers/provider-types.ts'

/** Links to providers that the realm does not have are kept, and not shown. */
export async function shownLinks(
  { services, realm }: Pick<AdminContext, 'services' | 'realm'>,
  rows: readonly FederatedIdentityRow[],
): Promise<readonly FederatedIdentityRow[]> {
  if (rows.length === 0) return rows
  const known = new Set((await identityProviders(services.database).list(realm.id)).map(({ alias }) => alias))
  return rows.filter((row) => known.has(row.identity_provider))
}

const linkable = identityProviderTypes.filter(({ id }) => !hiddenKinds.has(id)).map(({ id }) => id)

/** The links of a user; undefined in a realm without a provider that people can be linked to (reference behaviour). */
export async function linksOf(context: Pick<AdminContext, 'services' | 'realm'>, userId: string): Promise<Link[] | undefined> {
  const { services, realm } = context
  const [isLinking, rows] = await Promise.all([
    identityProviders(services.database).anyOf(realm.id, linkable),
    federatedIdentities(services.database).listOfMany([userId]),
  ])
  return isLinking ? (await shownLinks(context, rows)).map(linkOf) : undefined
}

/** A link as the reference prints one. */
export const linkOf = (row: FederatedIdentityRow): Link => ({
  identityProvider: row.identity_provider,
  ...(row.external_user_id === null ? {} : { userId: row.external_user_id }),
  ...(row.external_username === null ? {} : { userName: row.external_username }),
})

/** The row of a link that an administrator makes. */
export const linkRow = (userId: string, provider: string, link: Link): FederatedIdentityRow => ({
  user_id: userId,
  identity_provider: provider,
  external_user_id: link.userId ?? null,
  external_username: link.userName ?? null,
  token: null,
})
