/**
 * The user room: finding people, their facts for tokens, checking their credentials (credentials/). Not here: login flows, sessions,
 * the Admin API. May call storage, realm and crypto.
 */
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { KnownUsers } from '../realm/user-facts.ts'
import type { CredentialRow } from '../storage/credentials.ts'
import type { Sql } from '../storage/sql.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import { verifyPassword } from './credentials/password.ts'

export interface Users {
  /** What tokens need to know of a user; undefined when there is none with this id in the realm. */
  facts(realm: RealmSnapshot, id: string): Promise<UserFacts | undefined>
  /** The same of a row that was read in this request. */
  factsOf(user: UserRow): Promise<UserFacts>
  /** By user name, or e-mail where the realm allows that. Service accounts are nobody. */
  findForLogin(realm: RealmSnapshot, login: string): Promise<UserRow | undefined>
  /** Whether a password is that of the user with these credentials. Without any it takes as long. Throws HashQueueFull. */
  verifyPassword(
    realm: RealmSnapshot,
    stored: readonly CredentialRow[],
    password: string,
    /** Asked when the password's turn has come; see HashQueue. */
    isWanted?: () => boolean,
  ): Promise<boolean>
}

interface UserParts {
  readonly sql: Sql
  readonly people: KnownUsers
  readonly passwords: PasswordHasher
}

export function openUsers(parts: UserParts): Users {
  const { sql, people } = parts
  return {
    async facts(realm, id) {
      const row = await userRows(sql).findById(realm.id, id)
      return row ? people.facts(row) : undefined
    },
    factsOf: (row) => people.facts(row),
    async findForLogin(realm, login) {
      const row = await findForLogin(sql, realm, login)
      return row?.service_account_client_id === null ? row : undefined
    },
    verifyPassword: (realm, stored, password, isWanted) => verifyPassword(parts, realm, stored, password, isWanted),
  }
}

/** By e-mail first where the realm allows it and the name looks like one, as the reference does. */
async function findForLogin(sql: Sql, realm: RealmSnapshot, login: string): Promise<UserRow | undefined> {
  const name = login.toLowerCase()
  if (realm.settings.loginWithEmailAllowed && name.includes('@')) {
    const byEmail = await userRows(sql).findByEmail(realm.id, name)
    if (byEmail) return byEmail
  }
  return userRows(sql).find(realm.id, name)
}
