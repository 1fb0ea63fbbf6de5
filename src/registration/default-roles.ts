import type { Random } from '../crypto/random.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'

/** Names of the client's roles that everybody in the realm has, sorted. */
export async function defaultRolesOf(sql: Sql, realm: RealmSnapshot, clientId: string): Promise<string[]> {
  if (realm.defaultRoleId === '') return []
  return (await roleRows(sql).compositesIn(realm.defaultRoleId, clientId)).map(({ name }) => name).sort()
}

/** Makes the named roles of a client, and no others of it, part of the realm's default role; those that are missing are made. */
export async function setDefaultRoles(
  tx: Sql,
  realm: RealmSnapshot,
  clientId: string,
  names: readonly string[],
  random: Pick<Random, 'uuid'>,
): Promise<void> {
  if (realm.defaultRoleId === '') return
  const rows = roleRows(tx)
  const before = await rows.compositesIn(realm.defaultRoleId, clientId)
  const gone = before.filter(({ name }) => !names.includes(name)).map(({ id }) => id)
  if (gone.length > 0) await rows.removeComposites(realm.defaultRoleId, gone)
  const known = new Map((await rows.findNames(clientId, names)).map(({ name, id }) => [name, id]))
  for (const name of new Set(names)) {
    const id = known.get(name) ?? random.uuid()
    if (!known.has(name)) await rows.insert(realm.id, { id, clientId, name, doc: '{}' })
    await rows.addComposite(realm.defaultRoleId, id)
  }
}
