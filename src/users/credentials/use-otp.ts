/** Credentials of users: how each type is read and checked, in the reference's stored formats. They may call crypto, storage and realm. */
import { matchHotp, matchTotp, type OtpAlgorithm, otpSecretBytes } from '../../crypto/totp.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { type CredentialRow, credentials } from '../../storage/credentials.ts'
import { singleUse } from '../../storage/single-use.ts'
import type { Sql } from '../../storage/sql.ts'

interface OtpCredentialData {
  readonly subType?: string
  readonly digits?: number
  readonly counter?: number
  readonly period?: number
  readonly algorithm?: OtpAlgorithm
  readonly secretEncoding?: string
}

interface OtpUse {
  readonly sql: Sql
  readonly realm: RealmSnapshot
  readonly nowMs: number
}

/** Of the characters that people type; longer ones are no code. */
const codeLengthMax = 16

/**
 * Checks a one-time password and uses it up: a code of a counter moves the counter, a code of a time step is refused a second time unless
 * the realm's policy lets codes be reused. Of two callers with one code exactly one is told true.
 *
 * The look-around window is that of the realm's policy; algorithm, digits and period are the credential's own, so that a changed policy
 * does not shut people out (reference behaviour).
 */
export async function useOtp(use: OtpUse, credential: CredentialRow, code: string): Promise<boolean> {
  if (code === '' || code.length > codeLengthMax) return false
  const data = JSON.parse(credential.credential_data) as OtpCredentialData
  const { value } = JSON.parse(credential.secret_data) as { value?: string }
  const secret = value === undefined ? undefined : otpSecretBytes(value, data.secretEncoding)
  if (secret === undefined) return false
  if (data.subType === 'totp') return useTimeCode(use, credential.id, code, data, secret)
  return data.subType === 'hotp' ? useCounterCode(use, credential, code, data, secret) : false
}

const settingsOf = ({ algorithm, digits }: OtpCredentialData) => ({ algorithm: algorithm ?? 'HmacSHA1', digits: digits ?? 6 })
const windowOf = ({ settings }: RealmSnapshot): number => settings.otpPolicyLookAheadWindow ?? 1

async function useTimeCode(
  { sql, realm, nowMs }: OtpUse,
  id: string,
  code: string,
  data: OtpCredentialData,
  secret: Buffer,
): Promise<boolean> {
  const periodSeconds = data.period ?? 30
  const lookAround = windowOf(realm)
  const step = matchTotp(code, secret, nowMs, { ...settingsOf(data), periodSeconds, lookAround })
  if (step === undefined) return false
  if (realm.settings.otpPolicyCodeReusable === true) return true
  // Kept until the code would not match any more.
  const expiresAtMs = (step + lookAround + 1) * periodSeconds * 1_000
  return (await singleUse(sql).put({ id: `otp:${id}:${step}`, kind: 'otp', realmId: realm.id, expiresAtMs, doc: '{}' })) === 1
}

async function useCounterCode(
  { sql, realm }: OtpUse,
  known: CredentialRow,
  code: string,
  data: OtpCredentialData,
  secret: Buffer,
): Promise<boolean> {
  const next = matchHotp(code, secret, data.counter ?? 0, { ...settingsOf(data), lookAhead: windowOf(realm) })
  return next !== undefined && (await credentials(sql).advance(known, JSON.stringify({ ...data, counter: next }))) === 1
}
