import type { UserRepresentation } from '../representations/user.ts'
import { clientScopes as scopeRows } from '../storage/client-scopes.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { groups as groupRows } from '../storage/groups.ts'
import type { Sql } from '../storage/sql.ts'
import { userImport } from '../storage/user-import.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import { type UserReading, userSections } from './user-sections.ts'

/** Users read at a time: what an export holds in memory. */
const pageSize = 500

/** All users of a realm in the order of their names, a page at a time: a fixed number of statements a page, whatever it holds. */
export async function* exportUsers(sql: Sql, realmId: string): AsyncGenerator<UserRepresentation[]> {
  const reading = await openReading(sql, realmId)
  let after = ''
  for (;;) {
    const rows = await userRows(sql).pageAfter(realmId, after, pageSize)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.username
    yield await describeUsers(reading, rows)
  }
}

/** The users of the realm's service accounts. */
export async function exportServiceAccounts(sql: Sql, realmId: string): Promise<UserRepresentation[]> {
  return describeUsers(await openReading(sql, realmId), await userImport(sql).serviceAccounts(realmId))
}

async function openReading(sql: Sql, realmId: string): Promise<UserReading> {
  const scopeNames = new Map((await scopeRows(sql).list(realmId)).map((scope) => [scope.id, scope.name]))
  return { sql, realmId, groupPaths: await groupPaths(sql, realmId), scopeNames }
}

async function groupPaths(sql: Sql, realmId: string): Promise<Map<string, string>> {
  const rows = new Map((await groupRows(sql).listOfRealm(realmId)).map((group) => [group.id, group]))
  const pathOf = (id: string): string => {
    const group = rows.get(id)
    return group === undefined ? '' : `${pathOf(group.parent_id)}/${group.name}`
  }
  return new Map([...rows.keys()].map((id) => [id, pathOf(id)]))
}

/** Users as an export holds them, credentials included. */
async function describeUsers(reading: UserReading, rows: readonly UserRow[]): Promise<UserRepresentation[]> {
  const ids = rows.map((row) => row.id)
  const sections: ReadonlyMap<string, UserRepresentation>[] = []
  for (const section of userSections) sections.push(await section.read(reading, ids))
  const serviceClients = await serviceClientIds(reading, rows)
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    ...(row.first_name === null ? {} : { firstName: row.first_name }),
    ...(row.last_name === null ? {} : { lastName: row.last_name }),
    ...(row.email === null ? {} : { email: row.email }),
    emailVerified: row.email_verified === 1,
    enabled: row.enabled === 1,
    createdTimestamp: row.created_at_ms,
    totp: false,
    ...(row.federation_link === null ? {} : { federationLink: row.federation_link }),
    ...(row.service_account_client_id === null ? {} : { serviceAccountClientId: serviceClients.get(row.service_account_client_id) ?? '' }),
    credentials: [],
    disableableCredentialTypes: [],
    requiredActions: [],
    realmRoles: [],
    clientRoles: {},
    notBefore: row.not_before,
    groups: [],
    ...(JSON.parse(row.doc) as UserRepresentation),
    ...Object.assign({}, ...sections.map((section) => section.get(row.id))),
  }))
}

/** clientIds by internal id, of the clients whose service accounts are among the users. */
async function serviceClientIds({ sql, realmId }: UserReading, rows: readonly UserRow[]): Promise<Map<string, string>> {
  const wanted = rows.flatMap((row) => row.service_account_client_id ?? [])
  if (wanted.length === 0) return new Map()
  const found = await clientRows(sql).namesOf(realmId, wanted)
  return new Map(found.map((client) => [client.id, client.client_id]))
}
