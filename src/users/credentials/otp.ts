/** Credentials of users: how each type is read and checked, in the reference's stored formats. They may call crypto and storage. */
import { matchTotp, type OtpAlgorithm, otpSecretBytes } from '../../crypto/totp.ts'
import type { CredentialRow } from '../../storage/credentials.ts'

interface OtpCredentialData {
  readonly subType?: string
  readonly digits?: number
  readonly period?: number
  readonly algorithm?: OtpAlgorithm
  readonly secretEncoding?: string
}

/** Steps on either side that count; the reference's default look-around window. */
const lookAround = 1

/** True when the code fits a time-based credential now. Counter-based ones never do: nothing stores their counter yet. */
export function matchesOtp(credential: CredentialRow, code: string | undefined, nowMs: number): boolean {
  if (code === undefined) return false
  const data = JSON.parse(credential.credential_data) as OtpCredentialData
  const { value } = JSON.parse(credential.secret_data) as { value?: string }
  const secret = value === undefined ? undefined : otpSecretBytes(value, data.secretEncoding)
  if (secret === undefined || data.subType !== 'totp') return false
  const settings = { algorithm: data.algorithm ?? 'HmacSHA1', digits: data.digits ?? 6, periodSeconds: data.period ?? 30, lookAround }
  return matchTotp(code, secret, nowMs, settings) !== undefined
}
