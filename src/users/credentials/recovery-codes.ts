import { hash } from 'node:crypto'
import { secretsEqual } from '../../crypto/compare.ts'
import { type CredentialRow, credentials } from '../../storage/credentials.ts'
import type { Sql } from '../../storage/sql.ts'

/**
 * Recovery codes in the reference's stored format: `secretData {codes: [{number, encodedHashedValue}]}`, hashes of SHA-512 in base64,
 * `credentialData {algorithm, totalCodes, remainingCodes}`. They are used in their order: the first of those left is the next.
 * A plain hash is enough: a code has 60 bits and more.
 */
export const recoveryCodesType = 'recovery-authn-codes'

interface SecretData {
  readonly codes: readonly { readonly number: number; readonly encodedHashedValue: string }[]
}

interface CredentialData {
  readonly algorithm?: string
  readonly totalCodes?: number
  readonly remainingCodes?: number
}

/** The number of the code to be asked for next; undefined when none is left. */
export const nextRecoveryCode = ({ secret_data }: CredentialRow): number | undefined =>
  (JSON.parse(secret_data) as SecretData).codes[0]?.number

export type RecoveryCodeUse = 'wrong' | 'used' | 'last-used'

/**
 * Checks the next code and uses it up; the credential goes with its last code. Dashes and blanks between the characters do not count. Of
 * two callers with one code exactly one is told that it was right.
 */
export async function useRecoveryCode(sql: Sql, credential: CredentialRow, code: string): Promise<RecoveryCodeUse> {
  const [next, ...left] = (JSON.parse(credential.secret_data) as SecretData).codes
  const data = JSON.parse(credential.credential_data) as CredentialData
  const typed = code.replaceAll(/[\s-]/g, '')
  const algorithm = hashOf(data.algorithm)
  if (next === undefined || algorithm === undefined || !secretsEqual(hash(algorithm, typed, 'base64'), next.encodedHashedValue))
    return 'wrong'
  if (left.length === 0) return (await credentials(sql).remove(credential.user_id, credential.id)) === 1 ? 'last-used' : 'wrong'
  const to = {
    secretData: JSON.stringify({ codes: left }),
    credentialData: JSON.stringify({ ...data, remainingCodes: left.length }),
    createdAtMs: credential.created_at_ms,
  }
  return (await credentials(sql).update(credential, to)) === 1 ? 'used' : 'wrong'
}

/** Codes are hashed with SHA-512; lists of older reference servers name other widths. */
const hashOf = (algorithm = 'SHA-512'): string | undefined =>
  /^SHA-?(256|384|512)$/.test(algorithm) ? algorithm.replace('-', '').toLowerCase() : undefined
