import type { FederatedIdentityRepresentation } from '../../representations/user.ts'
import type { FederatedIdentityRow } from '../../storage/federated-identities.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { AdminContext } from '../admin-route.ts'

/** Links to providers that the realm does not have are kept, and not shown. */
export async function shownLinks(
  { services, realm }: Pick<AdminContext, 'services' | 'realm'>,
  rows: readonly FederatedIdentityRow[],
): Promise<readonly FederatedIdentityRow[]> {
  if (rows.length === 0) return rows
  const known = new Set((await identityProviders(services.database).list(realm.id)).map(({ alias }) => alias))
  return rows.filter((row) => known.has(row.identity_provider))
}

/** A link as the reference prints one. */
export const linkOf = (row: FederatedIdentityRow): FederatedIdentityRepresentation => ({
  identityProvider: row.identity_provider,
  ...(row.external_user_id === null ? {} : { userId: row.external_user_id }),
  ...(row.external_username === null ? {} : { userName: row.external_username }),
})

/** The row of a link that an administrator makes. */
export const linkRow = (userId: string, provider: string, link: FederatedIdentityRepresentation): FederatedIdentityRow => ({
  user_id: userId,
  identity_provider: provider,
  external_user_id: link.userId ?? null,
  external_username: link.userName ?? null,
  token: null,
})
