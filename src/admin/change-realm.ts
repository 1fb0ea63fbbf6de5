import { realms as realmRows } from '../storage/realms.ts'
import type { Sql } from '../storage/sql.ts'
import type { AdminContext } from './admin-route.ts'

/**
 * Runs a write of what realm snapshots hold (settings, clients, scopes, roles of service accounts, flows, components) in one transaction that
 * bumps the realm's revision, then drops the snapshot here and on the other nodes. `work` uses nothing but `tx`. Returns what `work` returns.
 */
export async function changeRealm<R>(
  { services, realm }: Pick<AdminContext, 'services' | 'realm'>,
  work: (tx: Sql) => Promise<R>,
): Promise<R> {
  const result = await services.database.transaction(async (tx) => {
    const value = await work(tx)
    await realmRows(tx).bump(realm.id)
    return value
  })
  await services.realms.changed(realm.id)
  return result
}
