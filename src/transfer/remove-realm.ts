import type { RealmSnapshot } from '../realm/model.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { masterRealm, type TransferParts } from './import-realm.ts'

/** Removes a realm with everything in it, and from master the client that stood for it. */
export async function removeRealm(
  { database, realms }: Pick<TransferParts, 'database' | 'realms'>,
  realm: Pick<RealmSnapshot, 'id' | 'name'>,
): Promise<void> {
  const masterId = await database.transaction(async (tx) => {
    await realmRows(tx).remove(realm.id)
    const master = await realmRows(tx).find(masterRealm)
    if (master === undefined) return undefined
    const client = await clientRows(tx).find(master.id, `${realm.name}-realm`)
    if (client) await clientRows(tx).remove(master.id, client.id)
    await realmRows(tx).bump(master.id)
    return master.id
  })
  await realms.changed(realm.id)
  if (masterId !== undefined) await realms.changed(masterId)
}
