import { credentials as credentialRows } from '../storage/credentials.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import { UniqueViolation } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'
import { masterRealm, type TransferParts } from './import-realm.ts'

/**
 * Makes an administrator of all realms: a user of master with the role `admin`, marked as temporary as the reference does. Returns
 * `exists` when the name is taken.
 */
export async function createAdministrator(
  { database, random, clock, passwords }: TransferParts,
  credentials: { readonly username: string; readonly password: string },
): Promise<'created' | 'exists'> {
  const master = await realmRows(database).find(masterRealm)
  const admin = master && (await roleRows(database).find(master.id, 'admin'))
  if (master === undefined || admin === undefined) throw new Error('realm master has no role admin')
  const { secretData, credentialData } = await passwords.hash(credentials.password)
  const id = random.uuid()
  const now = clock.now()
  try {
    await database.transaction(async (tx) => {
      await userRows(tx).insert(master.id, {
        id,
        username: credentials.username.toLowerCase(),
        email: undefined,
        emailVerified: false,
        firstName: undefined,
        lastName: undefined,
        enabled: true,
        createdAtMs: now,
        notBefore: 0,
        serviceAccountClientId: undefined,
        federationLink: undefined,
        doc: '{}',
      })
      await userRows(tx).addAttribute(id, 'is_temporary_admin', 0, 'true')
      await userRows(tx).addRole(id, admin.id)
      if (master.default_role_id !== null) await userRows(tx).addRole(id, master.default_role_id)
      await credentialRows(tx).insert({
        id: random.uuid(),
        user_id: id,
        type: 'password',
        user_label: null,
        created_at_ms: now,
        priority: 10,
        secret_data: secretData,
        credential_data: credentialData,
      })
    })
    return 'created'
  } catch (error) {
    if (error instanceof UniqueViolation) return 'exists'
    throw error
  }
}
