/**
 * The user room: finding people, their facts for tokens, checking their credentials (credentials/). Not here: login flows, sessions,
 * the Admin API. May call storage, realm and crypto.
 */
import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { RealmSnapshot, UserFacts } from '../realm/model.ts'
import { loadUserFacts } from '../realm/user-facts.ts'
import { type CredentialRow, credentials } from '../storage/credentials.ts'
import type { Sql } from '../storage/sql.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import { matchesOtp } from './credentials/otp.ts'
import { missesProfile } from './profile.ts'

export interface Login {
  readonly username: string
  readonly password: string
  readonly otp: string | undefined
}

export type LoginResult =
  | { readonly kind: 'accepted'; readonly user: UserFacts }
  | {
      readonly kind: 'refused'
      readonly reason: 'user_not_found' | 'invalid_user_credentials' | 'user_disabled' | 'resolve_required_actions'
      readonly userId: string | undefined
    }

export interface Users {
  /** What tokens need to know of a user; undefined when there is none with this id in the realm. */
  facts(realm: RealmSnapshot, id: string): Promise<UserFacts | undefined>
  /** Checks a name or e-mail, password and one-time password, in that order; a switched-off user is told so only with the right ones. */
  authenticate(realm: RealmSnapshot, login: Login): Promise<LoginResult>
}

interface UserParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly passwords: PasswordHasher
}

export function openUsers(parts: UserParts): Users {
  const { sql } = parts
  return {
    async facts(realm, id) {
      const row = await userRows(sql).findById(realm.id, id)
      return row ? loadUserFacts(sql, row) : undefined
    },
    async authenticate(realm, login) {
      const row = await findForLogin(sql, realm, login.username)
      const stored = row ? await credentials(sql).listOf(row.id) : []
      const accepted = await checkCredentials(parts, stored, login)
      // A service account is nobody: whatever its password, nobody logs in as it.
      if (row === undefined || row.service_account_client_id !== null) return refused('user_not_found')
      if (!accepted) return refused('invalid_user_credentials', row)
      if (row.enabled !== 1) return refused('user_disabled', row)
      const actions = await userRows(sql).requiredActions(row.id)
      if (actions.length > 0 || missesProfile(realm, row)) return refused('resolve_required_actions', row)
      return { kind: 'accepted', user: await loadUserFacts(sql, row) }
    },
  }
}

const refused = (reason: Extract<LoginResult, { kind: 'refused' }>['reason'], row?: UserRow): LoginResult => ({
  kind: 'refused',
  reason,
  userId: row?.id,
})

/** By e-mail first where the realm allows it and the name looks like one, as the reference does. */
async function findForLogin(sql: Sql, realm: RealmSnapshot, login: string): Promise<UserRow | undefined> {
  const name = login.toLowerCase()
  if (realm.settings.loginWithEmailAllowed && name.includes('@')) {
    const byEmail = await userRows(sql).findByEmail(realm.id, name)
    if (byEmail) return byEmail
  }
  return userRows(sql).find(realm.id, name)
}

/**
 * A password that nobody has. Where there is no user or no password it is checked instead, so that the time an answer takes does not
 * tell who exists.
 */
const nobodys = {
  secretData: JSON.stringify({
    value: Buffer.alloc(32).toString('base64'),
    salt: Buffer.alloc(16).toString('base64'),
    additionalParameters: {},
  }),
  credentialData: JSON.stringify({
    hashIterations: 5,
    algorithm: 'argon2',
    additionalParameters: { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] },
  }),
}

async function checkCredentials({ passwords, clock }: UserParts, stored: readonly CredentialRow[], login: Login): Promise<boolean> {
  const password = stored.find((credential) => credential.type === 'password')
  const right = await passwords.verify(
    login.password,
    password ? { secretData: password.secret_data, credentialData: password.credential_data } : nobodys,
  )
  if (!right || password === undefined) return false
  const otps = stored.filter((credential) => credential.type === 'otp')
  return otps.length === 0 || otps.some((credential) => matchesOtp(credential, login.otp, clock.now()))
}
