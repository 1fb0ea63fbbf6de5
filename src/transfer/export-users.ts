import type {
  CredentialRepresentation,
  FederatedIdentityRepresentation,
  UserConsentRepresentation,
  UserRepresentation,
} from '../representations/user.ts'
import { clientScopes as clientScopeRows } from '../storage/client-scopes.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { type ConsentRow, consentRows } from '../storage/consents.ts'
import { type CredentialRow, credentials as credentialRows } from '../storage/credentials.ts'
import { type FederatedIdentityRow, federatedIdentities } from '../storage/federated-identities.ts'
import { groups as groupRows } from '../storage/groups.ts'
import type { Sql } from '../storage/sql.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import { namedRoles } from './named-roles.ts'

/** Users read at a time: what an export holds in memory. */
const pageSize = 500

/** All users of a realm in the order of their names, a page at a time: ten statements a page at most, whatever it holds. */
export async function* exportUsers(sql: Sql, realmId: string): AsyncGenerator<UserRepresentation[]> {
  const paths = await groupPaths(sql, realmId)
  let after = ''
  for (;;) {
    const rows = await userRows(sql).pageAfter(realmId, after, pageSize)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.username
    yield await describe(sql, realmId, rows, paths)
  }
}

async function groupPaths(sql: Sql, realmId: string): Promise<Map<string, string>> {
  const rows = new Map((await groupRows(sql).listOfRealm(realmId)).map((group) => [group.id, group]))
  const pathOf = (id: string): string => {
    const group = rows.get(id)
    return group === undefined ? '' : `${pathOf(group.parent_id)}/${group.name}`
  }
  return new Map([...rows.keys()].map((id) => [id, pathOf(id)]))
}

async function describe(
  sql: Sql,
  realmId: string,
  rows: readonly UserRow[],
  paths: ReadonlyMap<string, string>,
): Promise<UserRepresentation[]> {
  const ids = rows.map((row) => row.id)
  const byUser = <R extends { user_id: string }>(list: readonly R[]): Map<string, R[]> => Map.groupBy(list, (row) => row.user_id)
  const attributes = byUser(await userRows(sql).attributesOf(ids))
  const roles = byUser(await userRows(sql).rolesOf(ids))
  const memberships = byUser(await userRows(sql).groupsOf(ids))
  const actions = byUser(await userRows(sql).requiredActionsOf(ids))
  const stored = byUser(await credentialRows(sql).listOfMany(ids))
  const links = byUser(await federatedIdentities(sql).listOfMany(ids))
  const consents = byUser(await consentRows(sql).listOfMany(ids))
  const serviceClients = await clientIdsOf(
    sql,
    realmId,
    rows.flatMap((row) => row.service_account_client_id ?? []),
  )
  const consentClients = await clientIdsOf(
    sql,
    realmId,
    [...consents.values()].flat().map((consent) => consent.client_id),
  )
  const scopes = consents.size === 0 ? new Map<string, string>() : await scopeNames(sql, realmId)
  return rows.map((row) => {
    const { realm: realmRoles = [], client: clientRoles = {} } = namedRoles(roles.get(row.id) ?? [])
    const own = valuesByName(attributes.get(row.id) ?? [])
    return {
      id: row.id,
      username: row.username,
      ...(row.first_name === null ? {} : { firstName: row.first_name }),
      ...(row.last_name === null ? {} : { lastName: row.last_name }),
      ...(row.email === null ? {} : { email: row.email }),
      emailVerified: row.email_verified === 1,
      ...(Object.keys(own).length === 0 ? {} : { attributes: own }),
      enabled: row.enabled === 1,
      createdTimestamp: row.created_at_ms,
      ...(row.federation_link === null ? {} : { federationLink: row.federation_link }),
      ...(row.service_account_client_id === null
        ? {}
        : { serviceAccountClientId: serviceClients.get(row.service_account_client_id) ?? '' }),
      credentials: (stored.get(row.id) ?? []).map(credentialOf),
      requiredActions: (actions.get(row.id) ?? []).map(({ action }) => action),
      realmRoles,
      clientRoles,
      ...listed('federatedIdentities', (links.get(row.id) ?? []).map(linkOf)),
      ...listed(
        'clientConsents',
        (consents.get(row.id) ?? []).flatMap((consent) => consentOf(consent, consentClients.get(consent.client_id), scopes)),
      ),
      notBefore: row.not_before,
      groups: (memberships.get(row.id) ?? []).flatMap(({ group_id }) => paths.get(group_id) ?? []),
      ...(JSON.parse(row.doc) as UserRepresentation),
    }
  })
}

/** clientIds by internal id. */
async function clientIdsOf(sql: Sql, realmId: string, wanted: readonly string[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map()
  const found = await clientRows(sql).namesOf(realmId, [...new Set(wanted)])
  return new Map(found.map((client) => [client.id, client.client_id]))
}

async function scopeNames(sql: Sql, realmId: string): Promise<Map<string, string>> {
  return new Map((await clientScopeRows(sql).list(realmId)).map((scope) => [scope.id, scope.name]))
}

/** A member that is there only when it has something in it. */
const listed = <N extends string, V>(name: N, list: V[]): { readonly [member in N]?: V[] } =>
  (list.length === 0 ? {} : { [name]: list }) as { readonly [member in N]?: V[] }

const linkOf = (row: FederatedIdentityRow): FederatedIdentityRepresentation => ({
  identityProvider: row.identity_provider,
  ...(row.external_user_id === null ? {} : { userId: row.external_user_id }),
  ...(row.external_username === null ? {} : { userName: row.external_username }),
})

/** A scope that is the client itself has the client's name. */
function consentOf(row: ConsentRow, clientId: string | undefined, scopes: ReadonlyMap<string, string>): UserConsentRepresentation[] {
  if (clientId === undefined) return []
  const { scopeIds } = JSON.parse(row.doc) as { readonly scopeIds: readonly string[] }
  const grantedClientScopes = scopeIds.flatMap((id) => (id === row.client_id ? clientId : (scopes.get(id) ?? [])))
  return [{ clientId, grantedClientScopes, createdDate: row.created_at_ms, lastUpdatedDate: row.updated_at_ms }]
}

const credentialOf = (row: CredentialRow): CredentialRepresentation => ({
  id: row.id,
  type: row.type,
  ...(row.user_label === null ? {} : { userLabel: row.user_label }),
  createdDate: row.created_at_ms,
  priority: row.priority,
  secretData: row.secret_data,
  credentialData: row.credential_data,
})

const valuesByName = (rows: readonly { name: string; value: string }[]): Record<string, string[]> =>
  Object.fromEntries(
    Array.from(
      Map.groupBy(rows, (row) => row.name),
      ([name, list]) => [name, list.map((row) => row.value)],
    ),
  )
