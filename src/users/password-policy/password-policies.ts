import { digits } from './digits.ts'
import { forceExpiredPasswordChange } from './force-expired-password-change.ts'
import { hashAlgorithm } from './hash-algorithm.ts'
import { hashIterations } from './hash-iterations.ts'
import { length } from './length.ts'
import { lowerCase } from './lower-case.ts'
import { maxAuthAge } from './max-auth-age.ts'
import { maxLength } from './max-length.ts'
import { notContainsUsername } from './not-contains-username.ts'
import { notEmail } from './not-email.ts'
import { notUsername } from './not-username.ts'
import { passwordAge } from './password-age.ts'
import { passwordBlacklist } from './password-blacklist.ts'
import { passwordHistory } from './password-history.ts'
import type { PasswordPolicyType } from './policy.ts'
import { recoveryCodesWarningThreshold } from './recovery-codes-warning-threshold.ts'
import { regexPattern } from './regex-pattern.ts'
import { specialChars } from './special-chars.ts'
import { upperCase } from './upper-case.ts'

/**
 * Every built-in policy. Of several that a password breaks the first is told: the order is the one in which the reference walks them,
 * whatever their order in the realm's text.
 */
export const passwordPolicies = [
  notContainsUsername,
  forceExpiredPasswordChange,
  hashIterations,
  specialChars,
  recoveryCodesWarningThreshold,
  passwordHistory,
  upperCase,
  passwordBlacklist,
  lowerCase,
  length,
  regexPattern,
  notUsername,
  digits,
  maxAuthAge,
  hashAlgorithm,
  maxLength,
  notEmail,
  passwordAge,
] satisfies readonly PasswordPolicyType[]
