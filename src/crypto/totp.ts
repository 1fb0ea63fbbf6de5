import { createHmac, timingSafeEqual } from 'node:crypto'
import { decodeBase32 } from './base32.ts'

/** The algorithm names of the reference server's OTP policy. */
export type OtpAlgorithm = 'HmacSHA1' | 'HmacSHA256' | 'HmacSHA512'

const hashes: Readonly<Record<OtpAlgorithm, string>> = { HmacSHA1: 'sha1', HmacSHA256: 'sha256', HmacSHA512: 'sha512' }

export interface OtpSettings {
  readonly algorithm: OtpAlgorithm
  /** 6 or 8. */
  readonly digits: number
}

/** Steps that a check looks at on either side. An administrator's larger window would let a guess hit too often. */
export const otpWindowMax = 100

/**
 * The bytes of a stored OTP secret. The reference server keeps the text itself, whose UTF-8 bytes are the key; imported credentials
 * may say `"secretEncoding": "BASE32"`.
 *
 * @returns undefined when the text is not what its encoding says
 */
export function otpSecretBytes(value: string, secretEncoding?: string): Buffer | undefined {
  return secretEncoding === 'BASE32' ? decodeBase32(value) : Buffer.from(value, 'utf8')
}

/** The one-time password of a counter (RFC 4226 section 5.3; the other hashes: RFC 6238 section 1.2). */
export function hotp(secret: Uint8Array, counter: number, settings: OtpSettings): string {
  const moving = Buffer.alloc(8)
  moving.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac(hashes[settings.algorithm], secret).update(moving).digest()
  const offset = mac.readUInt8(mac.length - 1) & 15
  const code = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** settings.digits
  return String(code).padStart(settings.digits, '0')
}

/** The time step (RFC 6238 section 4.2). */
export const totpCounter = (nowMs: number, periodSeconds: number): number => Math.floor(nowMs / 1000 / periodSeconds)

/**
 * Checks a time-based password in the present step and in `lookAround` steps on either side.
 *
 * @returns the step that matched, by which the caller refuses a second use; undefined when none did
 */
export function matchTotp(
  code: string,
  secret: Uint8Array,
  nowMs: number,
  settings: OtpSettings & { readonly periodSeconds: number; readonly lookAround: number },
): number | undefined {
  const step = totpCounter(nowMs, settings.periodSeconds)
  const around = Math.min(settings.lookAround, otpWindowMax)
  return matchCounter(code, secret, Math.max(step - around, 0), step + around, settings)
}

/**
 * Checks a counter-based password against `counter` and the `lookAhead` counters after it (RFC 4226 section 7.4).
 *
 * @returns the counter to expect next time; undefined when none matched
 */
export function matchHotp(
  code: string,
  secret: Uint8Array,
  counter: number,
  settings: OtpSettings & { readonly lookAhead: number },
): number | undefined {
  const matched = matchCounter(code, secret, counter, counter + Math.min(settings.lookAhead, otpWindowMax), settings)
  return matched === undefined ? undefined : matched + 1
}

/** Every counter of the window is computed whichever matches, so that the time tells nothing. */
function matchCounter(code: string, secret: Uint8Array, first: number, last: number, settings: OtpSettings): number | undefined {
  const presented = Buffer.from(code)
  let matched: number | undefined
  for (let counter = first; counter <= last; counter++) {
    const expected = Buffer.from(hotp(secret, counter, settings))
    if (expected.length === presented.length && timingSafeEqual(expected, presented)) matched ??= counter
  }
  return matched
}
