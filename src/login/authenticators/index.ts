/**
 * Authenticators: the executions that flows are made of, one file each, named by the reference's provider id, and a line in the array
 * below. They may call users, sessions and pages; which of them runs, and when, is ../flow.ts.
 */
import type { Authenticator } from '../authenticator.ts'
import { allowAccessAuthenticator } from './allow-access-authenticator.ts'
import { authConditionalOtpForm } from './auth-conditional-otp-form.ts'
import { authCookie } from './auth-cookie.ts'
import { authOtpForm } from './auth-otp-form.ts'
import { authPasswordForm } from './auth-password-form.ts'
import { authRecoveryAuthnCodeForm } from './auth-recovery-authn-code-form.ts'
import { authUsernameForm } from './auth-username-form.ts'
import { authUsernamePasswordForm } from './auth-username-password-form.ts'
import { conditionalClientScope } from './conditional-client-scope.ts'
import { conditionalCredential } from './conditional-credential.ts'
import { conditionalLevelOfAuthentication } from './conditional-level-of-authentication.ts'
import { conditionalSubFlowExecuted } from './conditional-sub-flow-executed.ts'
import { conditionalUserAttribute } from './conditional-user-attribute.ts'
import { conditionalUserConfigured } from './conditional-user-configured.ts'
import { conditionalUserRole } from './conditional-user-role.ts'
import { denyAccessAuthenticator } from './deny-access-authenticator.ts'
import { directGrantAuthenticators } from './direct-grant.ts'
import { identityProviderRedirector } from './identity-provider-redirector.ts'
import { organization } from './organization.ts'
import { registrationForm } from './registration-page-form.ts'
import { resetCredentialEmail } from './reset-credential-email.ts'
import { resetCredentialsChooseUser } from './reset-credentials-choose-user.ts'
import { resetOtp } from './reset-otp.ts'
import { resetPassword } from './reset-password.ts'
import { userSessionLimits } from './user-session-limits.ts'
import { webauthnAuthenticator } from './webauthn-authenticator.ts'
import { webauthnAuthenticatorPasswordless } from './webauthn-authenticator-passwordless.ts'

export const authenticators: readonly Authenticator[] = Object.freeze([
  allowAccessAuthenticator,
  authConditionalOtpForm,
  authCookie,
  authOtpForm,
  authPasswordForm,
  authRecoveryAuthnCodeForm,
  authUsernameForm,
  authUsernamePasswordForm,
  conditionalClientScope,
  conditionalCredential,
  conditionalLevelOfAuthentication,
  conditionalSubFlowExecuted,
  conditionalUserAttribute,
  conditionalUserConfigured,
  conditionalUserRole,
  denyAccessAuthenticator,
  ...directGrantAuthenticators,
  identityProviderRedirector,
  organization,
  registrationForm,
  resetCredentialEmail,
  resetCredentialsChooseUser,
  resetOtp,
  resetPassword,
  userSessionLimits,
  webauthnAuthenticator,
  webauthnAuthenticatorPasswordless,
])

const byId: ReadonlyMap<string, Authenticator> = new Map(authenticators.map((authenticator) => [authenticator.id, authenticator]))

export const findAuthenticator = (id: string): Authenticator | undefined => byId.get(id)
