import type { UserRepresentation } from '../representations/user.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import type { AdminContext } from './admin-route.ts'

/** A user as the reference prints one; roles, groups and credentials have paths of their own. */
export async function describeUser({ services }: AdminContext, row: UserRow): Promise<UserRepresentation> {
  const rows = userRows(services.database)
  const [attributeRows, actions] = await Promise.all([rows.attributesOf([row.id]), rows.requiredActions(row.id)])
  const attributes = Object.fromEntries(
    Array.from(
      Map.groupBy(attributeRows, (attribute) => attribute.name),
      ([name, list]) => [name, list.map(({ value }) => value)],
    ),
  )
  return {
    id: row.id,
    username: row.username,
    ...(row.first_name === null ? {} : { firstName: row.first_name }),
    ...(row.last_name === null ? {} : { lastName: row.last_name }),
    ...(row.email === null ? {} : { email: row.email }),
    emailVerified: row.email_verified === 1,
    ...(attributeRows.length === 0 ? {} : { attributes }),
    enabled: row.enabled === 1,
    createdTimestamp: row.created_at_ms,
    totp: false,
    disableableCredentialTypes: [],
    requiredActions: actions.map(({ action }) => action),
    notBefore: row.not_before,
  }
}
