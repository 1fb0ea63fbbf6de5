import { followsPolicy, type PasswordHasher } from '../../crypto/passwords.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { type CredentialRow, credentials } from '../../storage/credentials.ts'
import type { Sql } from '../../storage/sql.ts'
import { hashPolicy } from '../password-policy/parse.ts'

export interface PasswordParts {
  readonly sql: Sql
  readonly passwords: PasswordHasher
}

/**
 * True when the password is that of the user whose credentials these are. A right one that is hashed otherwise than the realm asks for
 * now is hashed anew; its age stays. Where there is no user or no password one is hashed as the realm asks for, so that the time an
 * answer takes does not tell who exists. Throws HashQueueFull, also when its turn comes and the answer is not wanted any more.
 */
export async function verifyPassword(
  { sql, passwords }: PasswordParts,
  realm: RealmSnapshot,
  stored: readonly CredentialRow[],
  password: string,
  isWanted?: () => boolean,
): Promise<boolean> {
  const row = stored.find(({ type }) => type === 'password')
  if (row === undefined) {
    await passwords.hash(password, hashPolicy(realm), isWanted)
    return false
  }
  const credential = { secretData: row.secret_data, credentialData: row.credential_data }
  if (!(await passwords.verify(password, credential, isWanted))) return false
  if (!followsPolicy(credential, hashPolicy(realm))) {
    const hashed = await passwords.hash(password, hashPolicy(realm))
    await credentials(sql).update(row, { ...hashed, createdAtMs: row.created_at_ms })
  }
  return true
}
