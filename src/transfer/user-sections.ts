import type { CredentialRepresentation, UserRepresentation } from '../representations/user.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { consentRows } from '../storage/consents.ts'
import { type CredentialRow, credentials as credentialRows } from '../storage/credentials.ts'
import { federatedIdentities } from '../storage/federated-identities.ts'
import type { Sql } from '../storage/sql.ts'
import { type AttributeRecord, userImport } from '../storage/user-import.ts'
import { userPermissions } from '../storage/user-permissions.ts'
import { users as userRows } from '../storage/users.ts'
import { permissionsFault, storedPermissions, type UserPermission } from '../users/permissions.ts'
import { namedRoles } from './named-roles.ts'
import type { PreparedUser } from './prepare-users.ts'
import { groupId, type Writing } from './writing.ts'

/** What an export of users knows of the realm. */
export interface UserReading {
  readonly sql: Sql
  readonly realmId: string
  /** Paths by the ids of groups, names by the ids of client scopes. */
  readonly groupPaths: ReadonlyMap<string, string>
  readonly scopeNames: ReadonlyMap<string, string>
}

/** A part of users that has a table of its own. Both ways cost a fixed number of statements, however many users are given. */
export interface UserSection {
  /** The members that it stands for. What no section stands for, nor a column, is kept in the user's doc. */
  readonly members: readonly (keyof UserRepresentation)[]
  write(writing: Writing, users: readonly PreparedUser[]): Promise<void>
  /** Its members of the users with these ids; users without any may be missing. */
  read(reading: UserReading, ids: readonly string[]): Promise<ReadonlyMap<string, UserRepresentation>>
}

/** The attribute by which realm files carry permissions: whatever reads them, be it the reference server, keeps it. */
const permissionsAttribute = 'ostiary.permissions'

const attributes: UserSection = {
  members: ['attributes'],
  async write({ tx }, users) {
    const records: AttributeRecord[] = []
    const permissions: { user_id: string; doc: unknown }[] = []
    for (const { id, user } of users)
      for (const [name, values] of Object.entries(user.attributes ?? {})) {
        const granted = name === permissionsAttribute ? permissionsIn(values) : undefined
        if (granted !== undefined) permissions.push({ user_id: id, doc: granted })
        else values.forEach((value, position) => void records.push({ user_id: id, name, position, value }))
      }
    await userImport(tx).attributes(records)
    if (permissions.length > 0) await userPermissions(tx).insertMany(permissions)
  },
  async read({ sql }, ids) {
    const rows = Map.groupBy(await userRows(sql).attributesOf(ids), (row) => row.user_id)
    const permissions = new Map((await userPermissions(sql).listOfMany(ids)).map((row) => [row.user_id, row.doc]))
    const owners = new Set([...rows.keys(), ...permissions.keys()])
    return new Map(
      Array.from(owners, (id) => {
        const byName = Map.groupBy(rows.get(id) ?? [], (row) => row.name)
        const own = Object.fromEntries(mapValues(byName, (values) => values.map((row) => row.value)))
        const doc = permissions.get(id)
        const granted = doc === undefined ? undefined : (JSON.parse(doc) as unknown[]).map((one) => JSON.stringify(one))
        return [id, { attributes: granted === undefined ? own : { ...own, [permissionsAttribute]: granted } }]
      }),
    )
  },
}

/** Undefined for values that are no permissions: then it is an attribute like any other. */
function permissionsIn(values: readonly string[]): UserPermission[] | undefined {
  try {
    const list = values.map((value) => JSON.parse(value) as Partial<UserPermission>)
    const readable = list.every((one) => typeof one === 'object' && one !== null) && permissionsFault(list) === undefined
    return readable ? storedPermissions(list) : undefined
  } catch {
    return undefined
  }
}

const requiredActions: UserSection = {
  members: ['requiredActions'],
  write: ({ tx }, users) =>
    userImport(tx).requiredActions(
      users.flatMap(({ id, user }) => (user.requiredActions ?? []).map((action, position) => ({ user_id: id, position, action }))),
    ),
  async read({ sql }, ids) {
    const rows = Map.groupBy(await userRows(sql).requiredActionsOf(ids), (row) => row.user_id)
    return mapValues(rows, (list) => ({ requiredActions: list.map((row) => row.action) }))
  },
}

const roles: UserSection = {
  members: ['realmRoles', 'clientRoles'],
  async write({ tx, roles: names }, users) {
    const records: { user_id: string; role_id: string }[] = []
    for (const { id, user } of users) {
      for (const name of user.realmRoles ?? []) records.push({ user_id: id, role_id: await names.findOrCreate(undefined, name) })
      for (const [clientId, list] of Object.entries(user.clientRoles ?? {}))
        for (const name of list) records.push({ user_id: id, role_id: await names.findOrCreate(clientId, name) })
    }
    await userImport(tx).roles(records)
  },
  async read({ sql }, ids) {
    const rows = Map.groupBy(await userRows(sql).rolesOf(ids), (row) => row.user_id)
    return mapValues(rows, (list) => {
      const { realm, client } = namedRoles(list)
      return { ...(realm ? { realmRoles: realm } : {}), ...(client ? { clientRoles: client } : {}) }
    })
  },
}

const groups: UserSection = {
  members: ['groups'],
  write: (writing, users) =>
    userImport(writing.tx).groups(
      users.flatMap(({ id, user }) => (user.groups ?? []).map((path) => ({ user_id: id, group_id: groupId(writing, path) }))),
    ),
  async read({ sql, groupPaths }, ids) {
    const rows = Map.groupBy(await userRows(sql).groupsOf(ids), (row) => row.user_id)
    return mapValues(rows, (list) => ({ groups: list.flatMap((row) => groupPaths.get(row.group_id) ?? []) }))
  },
}

/** Preferred credentials come first; the reference counts their priorities in tens. */
const priorityStep = 10

const credentials: UserSection = {
  members: ['credentials'],
  write: ({ tx, random }, users) =>
    userImport(tx).credentials(
      users.flatMap(({ id, credentials: list }) =>
        list.map((credential, index) => ({
          id: credential.id ?? random.uuid(),
          user_id: id,
          type: credential.type ?? 'password',
          user_label: credential.userLabel,
          created_at_ms: credential.createdDate ?? 0,
          priority: credential.priority ?? (index + 1) * priorityStep,
          secret_data: credential.secretData,
          credential_data: credential.credentialData,
        })),
      ),
    ),
  async read({ sql }, ids) {
    const rows = Map.groupBy(await credentialRows(sql).listOfMany(ids), (row) => row.user_id)
    return mapValues(rows, (list) => ({ credentials: list.map(credentialOf) }))
  },
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

/** Consents to clients or scopes that the realm does not have are left out: nobody could use or revoke them. */
const consents: UserSection = {
  members: ['clientConsents'],
  write: ({ tx, clientIds, scopeIds }, users) =>
    userImport(tx).consents(
      users.flatMap(({ id, user }) =>
        (user.clientConsents ?? []).flatMap(
          ({ clientId = '', grantedClientScopes = [], createdDate = user.createdTimestamp ?? 0, lastUpdatedDate }) => {
            const client = clientIds.get(clientId)
            if (client === undefined) return []
            // A scope that is the client itself has the client's name.
            const granted = grantedClientScopes.flatMap((name) => scopeIds.get(name) ?? (name === clientId ? client : []))
            const doc = { scopeIds: [...new Set(granted)] }
            return [{ user_id: id, client_id: client, created_at_ms: createdDate, updated_at_ms: lastUpdatedDate ?? createdDate, doc }]
          },
        ),
      ),
    ),
  async read({ sql, realmId, scopeNames }, ids) {
    const rows = await consentRows(sql).listOfMany(ids)
    if (rows.length === 0) return new Map()
    const clientIds = [...new Set(rows.map((row) => row.client_id))]
    const nameOf = new Map((await clientRows(sql).namesOf(realmId, clientIds)).map((client) => [client.id, client.client_id]))
    return mapValues(
      Map.groupBy(rows, (row) => row.user_id),
      (list) => ({
        clientConsents: list.map((row) => ({
          clientId: nameOf.get(row.client_id) ?? '',
          grantedClientScopes: (JSON.parse(row.doc) as { scopeIds: string[] }).scopeIds.flatMap(
            (id) => scopeNames.get(id) ?? (id === row.client_id ? (nameOf.get(id) ?? []) : []),
          ),
          createdDate: row.created_at_ms,
          lastUpdatedDate: row.updated_at_ms,
        })),
      }),
    )
  },
}

const federatedIdentitySection: UserSection = {
  members: ['federatedIdentities'],
  write: ({ tx }, users) =>
    userImport(tx).federatedIdentities(
      users.flatMap(({ id, user }) =>
        (user.federatedIdentities ?? []).flatMap(({ identityProvider, userId, userName }) =>
          identityProvider === undefined
            ? []
            : [{ user_id: id, identity_provider: identityProvider, external_user_id: userId, external_username: userName }],
        ),
      ),
    ),
  async read({ sql }, ids) {
    const rows = Map.groupBy(await federatedIdentities(sql).listOfMany(ids), (row) => row.user_id)
    return mapValues(rows, (list) => ({
      federatedIdentities: list.map((row) => ({
        identityProvider: row.identity_provider,
        ...(row.external_user_id === null ? {} : { userId: row.external_user_id }),
        ...(row.external_username === null ? {} : { userName: row.external_username }),
      })),
    }))
  },
}

function mapValues<K, V, R>(entries: ReadonlyMap<K, V>, change: (value: V) => R): Map<K, R> {
  return new Map(Array.from(entries, ([key, value]) => [key, change(value)]))
}

/** Everything of users beside their own columns. Whatever gets a table is added here, and then survives export and import. */
export const userSections: readonly UserSection[] = [
  attributes,
  requiredActions,
  roles,
  groups,
  credentials,
  consents,
  federatedIdentitySection,
]
