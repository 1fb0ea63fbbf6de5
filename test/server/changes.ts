import type { RealmSnapshot } from '../../src/realm/model.ts'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { Services } from '../../src/server.ts'
import { clients } from '../../src/storage/clients.ts'
import { realms } from '../../src/storage/realms.ts'
import { type Sql, type SqlValue, statement } from '../../src/storage/sql.ts'
import { users } from '../../src/storage/users.ts'
import type { Answer, Json } from './call.ts'

export interface UserPatch {
  readonly enabled?: boolean
  /** Seconds since the epoch. */
  readonly notBefore?: number
}

/** What an administrator does in the middle of a test. */
export interface Changes {
  /** Members replace the client's; null removes a member, and of `attributes` each attribute. */
  client(realm: string, clientId: string, patch: ClientPatch): Promise<void>
  removeClient(realm: string, clientId: string): Promise<void>
  user(realm: string, username: string, patch: UserPatch): Promise<void>
  removeUser(realm: string, username: string): Promise<void>
  removeSession(realm: string, id: string): Promise<void>
}

export type ClientPatch = Omit<ClientRepresentation, 'attributes'> & { readonly attributes?: Readonly<Record<string, string | null>> }

export type Admin = (method: string, path: string, json?: unknown) => Promise<Answer>

const setEnabled = statement('test.user-enabled', 'update user_account set enabled = $2 where id = $1')
const setNotBefore = statement('test.user-not-before', 'update user_account set not_before = $2 where id = $1')

function merged(doc: Json, { attributes, ...members }: ClientPatch): Json {
  const all = Object.entries({ ...(doc['attributes'] as Json | undefined), ...attributes })
  return { ...doc, ...members, attributes: Object.fromEntries(all.filter(([, value]) => value !== null)) }
}

/** Below the Admin API, which does not have all of these yet; the snapshot is dropped as an administrator's write would. */
export function changesOfServices({ database, realms: snapshots, sessions }: Services): Changes {
  const realmOf = async (name: string): Promise<RealmSnapshot> => {
    const realm = await snapshots.find(name)
    if (realm === undefined) throw new Error(`no realm ${name}`)
    return realm
  }
  const changed = async (name: string, work: (tx: Sql, realmId: string) => Promise<void>): Promise<void> => {
    const { id } = await realmOf(name)
    await database.transaction(async (tx) => {
      await work(tx, id)
      await realms(tx).bump(id)
    })
    await snapshots.changed(id)
  }
  const idOfUser = async (tx: Sql, realmId: string, username: string): Promise<string> => {
    const row = await users(tx).find(realmId, username)
    if (row === undefined) throw new Error(`no user ${username}`)
    return row.id
  }
  const clientRow = async (tx: Sql, realmId: string, clientId: string) => {
    const row = await clients(tx).find(realmId, clientId)
    if (row === undefined) throw new Error(`no client ${clientId}`)
    return row
  }
  return {
    client: (realm, clientId, patch) =>
      changed(realm, async (tx, realmId) => {
        const row = await clientRow(tx, realmId, clientId)
        const doc = JSON.stringify(merged(JSON.parse(row.doc) as Json, patch))
        await clients(tx).update(realmId, { id: row.id, clientId, doc })
      }),
    removeClient: (realm, clientId) =>
      changed(realm, async (tx, realmId) => {
        await clients(tx).remove(realmId, (await clientRow(tx, realmId, clientId)).id)
      }),
    user: (realm, username, { enabled, notBefore }) =>
      changed(realm, async (tx, realmId) => {
        const id = await idOfUser(tx, realmId, username)
        const set = async (what: typeof setEnabled, value: SqlValue | undefined): Promise<void> => {
          if (value !== undefined) await tx.run(what, id, value)
        }
        await set(setEnabled, enabled === undefined ? undefined : Number(enabled))
        await set(setNotBefore, notBefore)
      }),
    removeUser: (realm, username) =>
      changed(realm, async (tx, realmId) => {
        await users(tx).remove(realmId, await idOfUser(tx, realmId, username))
      }),
    async removeSession(realm, id) {
      await sessions.remove(await realmOf(realm), id, false)
    },
  }
}

/** The same through the Admin API, for the reference server. */
export function changesOfAdminApi(admin: Admin): Changes {
  const first = async (path: string): Promise<Json> => {
    const found = (await admin('GET', path)).json as unknown as Json[]
    if (found[0] === undefined) throw new Error(`nothing at ${path}`)
    return found[0]
  }
  const findClient = (realm: string, clientId: string) => first(`/realms/${realm}/clients?clientId=${encodeURIComponent(clientId)}`)
  const findUser = (realm: string, username: string) => first(`/realms/${realm}/users?exact=true&username=${username}`)
  return {
    async client(realm, clientId, patch) {
      const doc = await findClient(realm, clientId)
      const removed = Object.entries(patch.attributes ?? {}).filter(([, value]) => value === null)
      const json = merged(doc, patch)
      // An absent attribute is kept; an empty one is removed.
      json['attributes'] = { ...(json['attributes'] as Json), ...Object.fromEntries(removed.map(([name]) => [name, ''])) }
      await admin('PUT', `/realms/${realm}/clients/${String(doc['id'])}`, json)
    },
    async removeClient(realm, clientId) {
      await admin('DELETE', `/realms/${realm}/clients/${String((await findClient(realm, clientId))['id'])}`)
    },
    async user(realm, username, patch) {
      const user = await findUser(realm, username)
      await admin('PUT', `/realms/${realm}/users/${String(user['id'])}`, { ...user, ...patch })
    },
    async removeUser(realm, username) {
      await admin('DELETE', `/realms/${realm}/users/${String((await findUser(realm, username))['id'])}`)
    },
    async removeSession(realm, id) {
      await admin('DELETE', `/realms/${realm}/sessions/${id}`)
    },
  }
}
