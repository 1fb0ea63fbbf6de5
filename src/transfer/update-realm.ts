import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { Patch } from '../representations/fields.ts'
import type { RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { authentication } from '../storage/authentication.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { type Sql, UniqueViolation } from '../storage/sql.ts'
import { ImportError } from './errors.ts'
import { masterRealm, requireRealmName, type TransferParts } from './import-realm.ts'
import { algorithmsOfRealm, missingKeys } from './missing-keys.ts'
import { settingsDoc } from './realm-doc.ts'
import { changedSettings, flowBindings, requireFlows } from './settings.ts'
import { writeComponents } from './write-components.ts'

/**
 * Changes a realm's own settings; sections such as clients or users in the patch are left alone (reference behaviour). A new name also
 * renames master's client for the realm and the paths of the built-in clients. New users will join `defaultGroupIds` where they are given.
 * Throws ImportError.
 */
export async function updateRealm(
  parts: TransferParts,
  realm: RealmSnapshot,
  patch: Patch<typeof realmRepresentation>,
  defaultGroupIds?: readonly string[],
): Promise<void> {
  const { database } = parts
  const merged = changedSettings(realm.settings as RealmRepresentation, patch)
  const name = typeof patch.realm === 'string' ? patch.realm : realm.name
  if (name !== realm.name) requireNewName(realm, name)
  if (flowBindings.some((binding) => patch[binding] !== undefined)) {
    const flows = await authentication(database).flows(realm.id)
    requireFlows(merged, new Set(flows.map((flow) => flow.alias)))
  }
  const enabled = typeof patch.enabled === 'boolean' ? patch.enabled : realm.enabled
  const added = await missingKeys(realm, algorithmsOfRealm(merged), parts)
  const masterId = await database
    .transaction(async (tx) => {
      await writeComponents(tx, realm.id, added)
      await realmRows(tx).update({ id: realm.id, name, enabled, doc: settingsDoc(merged) })
      if (defaultGroupIds !== undefined) await groupRows(tx).removeRealmDefaults(realm.id)
      for (const id of defaultGroupIds ?? []) await groupRows(tx).addRealmDefault(realm.id, id)
      return name === realm.name ? undefined : rename(tx, realm, name)
    })
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? new ImportError(409, 'Realm with same name exists') : error
    })
  await parts.realms.changed(realm.id)
  if (masterId !== undefined) await parts.realms.changed(masterId)
}

/** The Admin API tells a bad new name in another member than a bad name at creation (reference behaviour). */
function requireNewName(realm: RealmSnapshot, name: string): void {
  if (realm.name === masterRealm) throw new ImportError(400, "Can't rename master realm")
  try {
    requireRealmName(name)
  } catch (error) {
    throw error instanceof ImportError ? new ImportError(error.status, error.message) : error
  }
}

/** Returns master's id, whose snapshot changes too. */
async function rename(tx: Sql, realm: RealmSnapshot, name: string): Promise<string | undefined> {
  for (const clientId of ['account', 'account-console', 'security-admin-console']) {
    const row = await clientRows(tx).find(realm.id, clientId)
    if (row)
      await clientRows(tx).update(realm.id, { id: row.id, clientId, doc: JSON.stringify(moved(JSON.parse(row.doc), realm.name, name)) })
  }
  const master = await realmRows(tx).find(masterRealm)
  const client = master && (await clientRows(tx).find(master.id, `${realm.name}-realm`))
  if (master === undefined || client === undefined) return undefined
  await clientRows(tx).update(master.id, { id: client.id, clientId: `${name}-realm`, doc: client.doc })
  await realmRows(tx).bump(master.id)
  return master.id
}

/** Paths below the old name that a built-in client has. */
function moved(client: ClientRepresentation, from: string, to: string): ClientRepresentation {
  const move = (uri: string): string => uri.replace(`/realms/${from}/`, `/realms/${to}/`).replace(`/admin/${from}/`, `/admin/${to}/`)
  return {
    ...client,
    ...(client.baseUrl === undefined ? {} : { baseUrl: move(client.baseUrl) }),
    ...(client.redirectUris === undefined ? {} : { redirectUris: client.redirectUris.map(move) }),
  }
}
