import type { Random } from '../crypto/random.ts'
import { masterAdminClient } from '../realm/defaults/complete.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'

/** The realm whose administrators run all others. */
export const masterRealm = 'master'

interface Joining {
  readonly random: Random
  /** Gets the roles of the realm's client, but the one to impersonate (reference behaviour). */
  readonly creatorId: string | undefined
  /**
   * True: a client of that name in master is taken for the realm's, as after an import of master. Elsewhere it is a clash: who made the
   * client must not come to run a realm that somebody else makes.
   */
  readonly adopts: boolean
}

/** Lets master's administrators run a realm: a client of its name whose roles are part of `admin`. Returns master's id. */
export async function joinMaster(tx: Sql, realmName: string, { random, creatorId, adopts }: Joining): Promise<string | undefined> {
  const master = await realmRows(tx).find(masterRealm)
  if (master === undefined) return undefined
  const { client, roles } = masterAdminClient(realmName, random)
  const { id: newId = random.uuid(), clientId = '', defaultClientScopes, optionalClientScopes, ...doc } = client
  const present = adopts ? await clientRows(tx).find(master.id, clientId) : undefined
  const id = present?.id ?? newId
  if (!present) await clientRows(tx).insert(master.id, { id, clientId, doc: JSON.stringify(doc) })
  const admin = await roleRows(tx).find(master.id, 'admin')
  const idByName = new Map<string, string>()
  for (const role of roles) {
    const { id: freshId = random.uuid(), name = '', composite, composites, clientRole, containerId, ...roleDoc } = role
    const known = present && (await roleRows(tx).find(id, name))
    const roleId = known?.id ?? freshId
    if (!known) await roleRows(tx).insert(master.id, { id: roleId, clientId: id, name, doc: JSON.stringify(roleDoc) })
    idByName.set(name, roleId)
    if (admin) await roleRows(tx).addComposite(admin.id, roleId)
    if (creatorId !== undefined && name !== 'impersonation') await userRows(tx).addRole(creatorId, roleId)
  }
  for (const role of roles) {
    for (const child of role.composites?.client?.[clientId] ?? []) {
      const parentId = idByName.get(role.name ?? '')
      const childId = idByName.get(child)
      if (parentId !== undefined && childId !== undefined) await roleRows(tx).addComposite(parentId, childId)
    }
  }
  await realmRows(tx).bump(master.id)
  return master.id
}

/** After master was replaced: its new administrators run the realms that are there. */
export async function joinAll(tx: Sql, random: Random): Promise<void> {
  for (const { name } of await realmRows(tx).names()) {
    if (name !== masterRealm) await joinMaster(tx, name, { random, creatorId: undefined, adopts: true })
  }
}
