import type { RealmRepresentation } from '../../representations/realm.ts'
import { realms as realmRows } from '../../storage/realms.ts'
import { settingsDoc } from '../../transfer/realm-doc.ts'
import type { AdminContext } from '../admin-route.ts'

/**
 * Changes members of a realm that its own PUT leaves alone. `change` is given what is stored at that moment, so that two administrators do not
 * undo each other; it may throw to keep everything as it is.
 */
export async function changeSettings(
  { services, realm }: Pick<AdminContext, 'services' | 'realm'>,
  change: (settings: RealmRepresentation) => RealmRepresentation,
): Promise<void> {
  await services.database.transaction(async (tx) => {
    const row = await realmRows(tx).findById(realm.id)
    if (row === undefined) return
    const settings = change(JSON.parse(row.doc) as RealmRepresentation)
    await realmRows(tx).update({ id: row.id, name: row.name, enabled: row.enabled === 1, doc: settingsDoc(settings) })
  })
  await services.realms.changed(realm.id)
}
