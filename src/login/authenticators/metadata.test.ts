import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allowAccessAuthenticator } from './allow-access-authenticator.ts'
import { authConditionalOtpForm } from './auth-conditional-otp-form.ts'
import { authOtpForm } from './auth-otp-form.ts'
import { authRecoveryAuthnCodeForm } from './auth-recovery-authn-code-form.ts'
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
import { userSessionLimits } from './user-session-limits.ts'
import { webauthnAuthenticator } from './webauthn-authenticator.ts'
import { webauthnAuthenticatorPasswordless } from './webauthn-authenticator-passwordless.ts'

const authenticators = [
  authOtpForm,
  authConditionalOtpForm,
  authRecoveryAuthnCodeForm,
  webauthnAuthenticator,
  webauthnAuthenticatorPasswordless,
  conditionalUserConfigured,
  conditionalUserRole,
  conditionalUserAttribute,
  conditionalSubFlowExecuted,
  conditionalLevelOfAuthentication,
  conditionalCredential,
  conditionalClientScope,
  allowAccessAuthenticator,
  denyAccessAuthenticator,
  userSessionLimits,
  identityProviderRedirector,
  ...directGrantAuthenticators,
]

interface Recorded {
  readonly id: string
}

/** What the reference server's Admin API says: authenticator-providers, config-description, requirementChoices of an execution. */
const recorded: readonly Recorded[] = JSON.parse(readFileSync(new URL('fixtures/metadata.json', import.meta.url), 'utf8'))

test('labels, help, requirements and settings are those that the admin console knows from the reference', () => {
  const printed = authenticators.map(({ id, label, help, requirements, properties }) => ({
    id,
    displayName: label,
    description: help,
    requirementChoices: requirements,
    properties,
  }))
  assert.deepEqual(printed, recorded, 'the order of the lists is that of the fixture')
})
