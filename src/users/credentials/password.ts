import { followsPolicy, type PasswordCredential, type PasswordHasher } from '../../crypto/passwords.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { type CredentialRow, credentials } from '../../storage/credentials.ts'
import type { Sql } from '../../storage/sql.ts'
import { hashPolicy } from '../password-policy/parse.ts'

export interface PasswordParts {
  readonly sql: Sql
  readonly passwords: PasswordHasher
}

/**
 * A password that nobody has. Where there is no user or no password it is checked instead, so that the time an answer takes does not
 * tell who exists.
 */
const nobodys: PasswordCredential = {
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

/**
 * True when the password is that of the user whose credentials these are. A right one that is hashed otherwise than the realm asks for
 * now is hashed anew; its age stays. Throws HashQueueFull.
 */
export async function verifyPassword(
  { sql, passwords }: PasswordParts,
  realm: RealmSnapshot,
  stored: readonly CredentialRow[],
  password: string,
  isWanted?: () => boolean,
): Promise<boolean> {
  const row = stored.find(({ type }) => type === 'password')
  const credential = row ? { secretData: row.secret_data, credentialData: row.credential_data } : nobodys
  const right = await passwords.verify(password, credential, isWanted)
  if (!right || row === undefined) return false
  if (!followsPolicy(credential, hashPolicy(realm))) {
    const hashed = await passwords.hash(password, hashPolicy(realm))
    await credentials(sql).update(row, { ...hashed, createdAtMs: row.created_at_ms })
  }
  return true
}
