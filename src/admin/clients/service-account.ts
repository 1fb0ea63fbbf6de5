import type { RealmSnapshot } from '../../realm/model.ts'
import { clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import type { Sql } from '../../storage/sql.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { users as userRows } from '../../storage/users.ts'
import type { AdminServices } from '../services.ts'

const usernameOf = (clientId: string): string => `service-account-${clientId}`.toLowerCase()

/** The scope that a client with a service account has by default. */
const scopeName = 'service_account'

interface Owner {
  readonly id: string
  readonly clientId: string
}

/** Makes the user behind a client's service account: it has the realm's default role. Without effect where there is one. */
export async function addServiceAccount(
  { random, clock }: Pick<AdminServices, 'random' | 'clock'>,
  tx: Sql,
  realm: RealmSnapshot,
  { id, clientId }: Owner,
): Promise<void> {
  if ((await userRows(tx).findServiceAccount(id)) !== undefined) return
  const userId = random.uuid()
  await userRows(tx).insert(realm.id, {
    id: userId,
    username: usernameOf(clientId),
    email: undefined,
    emailVerified: false,
    firstName: undefined,
    lastName: undefined,
    enabled: true,
    createdAtMs: clock.now(),
    notBefore: 0,
    serviceAccountClientId: id,
    federationLink: undefined,
    doc: '{}',
  })
  if (realm.defaultRoleId !== '') await userRows(tx).addRole(userId, realm.defaultRoleId)
}

/** Gives a client the scope of service accounts, or takes it away. */
export async function setServiceAccountScope(tx: Sql, realm: RealmSnapshot, clientId: string, has: boolean): Promise<void> {
  const scope = (await scopeRows(tx).list(realm.id)).find(({ name }) => name === scopeName)
  if (scope === undefined) return
  if (has) await clientRows(tx).addScope(clientId, scope.id, true)
  else await clientRows(tx).unlinkScope(clientId, scope.id)
}

export async function removeServiceAccount(tx: Sql, realm: RealmSnapshot, { id }: Owner): Promise<void> {
  const user = await userRows(tx).findServiceAccount(id)
  if (user) await userRows(tx).remove(realm.id, user.id)
}

/** The user is called after its client. */
export async function renameServiceAccount(tx: Sql, realm: RealmSnapshot, { id, clientId }: Owner): Promise<void> {
  const user = await userRows(tx).findServiceAccount(id)
  if (user) await userChanges(tx).update(realm.id, user.id, { ...user, username: usernameOf(clientId) })
}
