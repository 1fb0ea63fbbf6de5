/**
 * Required actions: what a user has to do before a login ends, one file each, named by the reference's alias, and a line in the array
 * below. They may call users, e-mail, sessions and pages; when one is due, and what comes next, is ../complete.ts.
 */
import type { RequiredAction } from '../required-action.ts'
import { configureRecoveryAuthnCodes } from './configure-recovery-authn-codes.ts'
import { configureTotp } from './configure-totp.ts'
import { deleteAccount } from './delete-account.ts'
import { deleteCredential } from './delete-credential.ts'
import { termsAndConditions } from './terms-and-conditions.ts'
import { updateEmail } from './update-email.ts'
import { updatePassword } from './update-password.ts'
import { updateProfile, verifyProfile } from './update-profile.ts'
import { updateUserLocale } from './update-user-locale.ts'
import { verifyEmail } from './verify-email.ts'
import { webauthnRegister } from './webauthn-register.ts'
import { webauthnRegisterPasswordless } from './webauthn-register-passwordless.ts'

export const requiredActions: readonly RequiredAction[] = Object.freeze([
  configureRecoveryAuthnCodes,
  configureTotp,
  deleteAccount,
  deleteCredential,
  termsAndConditions,
  updateEmail,
  updatePassword,
  updateProfile,
  updateUserLocale,
  verifyEmail,
  verifyProfile,
  webauthnRegister,
  webauthnRegisterPasswordless,
])

const byAlias: ReadonlyMap<string, RequiredAction> = new Map(requiredActions.map((action) => [action.alias, action]))

export const findRequiredAction = (alias: string): RequiredAction | undefined => byAlias.get(alias)
