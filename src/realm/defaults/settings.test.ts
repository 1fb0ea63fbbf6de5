import assert from 'node:assert/strict'
import { test } from 'node:test'
import { otpSupportedApplications } from './settings.ts'

const freeOtp = 'totpAppFreeOTPName'
const google = 'totpAppGoogleName'
const microsoft = 'totpAppMicrosoftAuthenticatorName'

// Asked of the reference with PUT of each policy and GET of the realm.
const recorded: readonly (readonly [type: string, algorithm: string, digits: number, periodSeconds: number, applications: string[]])[] = [
  ['totp', 'HmacSHA1', 6, 30, [freeOtp, google, microsoft]],
  ['totp', 'HmacSHA1', 6, 60, [freeOtp]],
  ['totp', 'HmacSHA1', 8, 30, [freeOtp, google]],
  ['totp', 'HmacSHA1', 8, 60, [freeOtp]],
  ['totp', 'HmacSHA256', 6, 30, [freeOtp, google]],
  ['totp', 'HmacSHA256', 6, 60, [freeOtp]],
  ['totp', 'HmacSHA256', 8, 30, [freeOtp, google]],
  ['totp', 'HmacSHA256', 8, 60, [freeOtp]],
  ['hotp', 'HmacSHA1', 6, 30, [freeOtp, google]],
  ['hotp', 'HmacSHA1', 8, 30, [freeOtp, google]],
  ['hotp', 'HmacSHA256', 6, 30, [freeOtp, google]],
  ['hotp', 'HmacSHA256', 8, 30, [freeOtp, google]],
]

test('the applications offered for one-time passwords are those that can hold the policy’s codes', () => {
  for (const [type, algorithm, digits, periodSeconds, applications] of recorded) {
    const policy = { otpPolicyType: type, otpPolicyAlgorithm: algorithm, otpPolicyDigits: digits, otpPolicyPeriod: periodSeconds }
    assert.deepEqual(otpSupportedApplications(policy), applications, JSON.stringify(policy))
  }
})
