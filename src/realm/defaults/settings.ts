import type { RealmRepresentation } from '../../representations/realm.ts'
import { filledPolicies, originsFromAttributes, withOrigins } from './security-key-policy.ts'

/** What a member is when the realm's JSON does not name it. */
export const settingDefaults = Object.freeze({
  notBefore: 0,
  defaultSignatureAlgorithm: 'RS256',
  revokeRefreshToken: false,
  refreshTokenMaxReuse: 0,
  accessTokenLifespan: 300,
  accessTokenLifespanForImplicitFlow: 900,
  ssoSessionIdleTimeout: 1800,
  ssoSessionMaxLifespan: 36000,
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 0,
  offlineSessionIdleTimeout: 2592000,
  offlineSessionMaxLifespanEnabled: false,
  offlineSessionMaxLifespan: 5184000,
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
  accessCodeLifespan: 60,
  accessCodeLifespanUserAction: 300,
  accessCodeLifespanLogin: 1800,
  actionTokenGeneratedByAdminLifespan: 43200,
  actionTokenGeneratedByUserLifespan: 300,
  oauth2DeviceCodeLifespan: 600,
  oauth2DevicePollingInterval: 5,
  enabled: false,
  sslRequired: 'external',
  registrationAllowed: false,
  registrationEmailAsUsername: false,
  rememberMe: false,
  verifyEmail: false,
  loginWithEmailAllowed: true,
  duplicateEmailsAllowed: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,
  bruteForceProtected: false,
  permanentLockout: false,
  maxTemporaryLockouts: 0,
  bruteForceStrategy: 'MULTIPLE',
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  waitIncrementSeconds: 60,
  quickLoginCheckMilliSeconds: 1000,
  maxDeltaTimeSeconds: 43200,
  failureFactor: 30,
  maxSecondaryAuthFailures: 0,
  requiredCredentials: ['password'],
  localizationTexts: {},
  webAuthnPolicyRpEntityName: 'keycloak',
  webAuthnPolicySignatureAlgorithms: ['ES256', 'RS256'],
  webAuthnPolicyRpId: '',
  webAuthnPolicyAttestationConveyancePreference: 'not specified',
  webAuthnPolicyAuthenticatorAttachment: 'not specified',
  webAuthnPolicyRequireResidentKey: 'not specified',
  webAuthnPolicyResidentKey: 'not specified',
  webAuthnPolicyUserVerificationRequirement: 'not specified',
  webAuthnPolicyCreateTimeout: 0,
  webAuthnPolicyAvoidSameAuthenticatorRegister: false,
  webAuthnPolicyAcceptableAaguids: [],
  webAuthnPolicyExtraOrigins: [],
  webAuthnPolicyPasswordlessRpEntityName: 'keycloak',
  webAuthnPolicyPasswordlessSignatureAlgorithms: ['ES256', 'RS256'],
  webAuthnPolicyPasswordlessRpId: '',
  webAuthnPolicyPasswordlessAttestationConveyancePreference: 'not specified',
  webAuthnPolicyPasswordlessAuthenticatorAttachment: 'not specified',
  webAuthnPolicyPasswordlessRequireResidentKey: 'not specified',
  webAuthnPolicyPasswordlessResidentKey: 'required',
  webAuthnPolicyPasswordlessUserVerificationRequirement: 'required',
  webAuthnPolicyPasswordlessCreateTimeout: 0,
  webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister: false,
  webAuthnPolicyPasswordlessAcceptableAaguids: [],
  webAuthnPolicyPasswordlessExtraOrigins: [],
  smtpServer: {},
  eventsEnabled: false,
  eventsListeners: ['jboss-logging'],
  enabledEventTypes: [],
  adminEventsEnabled: false,
  adminEventsDetailsEnabled: false,
  internationalizationEnabled: false,
  userManagedAccessAllowed: false,
  organizationsEnabled: false,
  verifiableCredentialsEnabled: false,
  adminPermissionsEnabled: false,
  scimApiEnabled: false,
  clientProfiles: { profiles: [] },
  clientPolicies: { policies: [] },
} satisfies RealmRepresentation)

/** What the reference sets when it makes the master realm at its first start. */
const masterSettings = Object.freeze({
  displayName: 'Keycloak',
  displayNameHtml: '<div class="kc-logo-text"><span>Keycloak</span></div>',
  accessTokenLifespan: 60,
  enabled: true,
} satisfies RealmRepresentation)

const securityHeaderDefaults = Object.freeze({
  contentSecurityPolicyReportOnly: '',
  xContentTypeOptions: 'nosniff',
  referrerPolicy: 'no-referrer',
  xRobotsTag: 'none',
  xFrameOptions: 'SAMEORIGIN',
  contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
  strictTransportSecurity: 'max-age=31536000; includeSubDomains',
})

/** OTP policy of a realm whose JSON has no otpPolicyType. */
export const otpDefaults = Object.freeze({
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA1',
  otpPolicyInitialCounter: 0,
  otpPolicyDigits: 6,
  otpPolicyLookAheadWindow: 1,
  otpPolicyPeriod: 30,
  otpPolicyCodeReusable: false,
})

/** Attributes under whose name the reference keeps a member: given as attributes they set the member (and win) and are not shown. */
export const attributesThatAreMembers = [
  'defaultSignatureAlgorithm',
  'bruteForceProtected',
  'permanentLockout',
  'maxTemporaryLockouts',
  'bruteForceStrategy',
  'maxFailureWaitSeconds',
  'minimumQuickLoginWaitSeconds',
  'waitIncrementSeconds',
  'quickLoginCheckMilliSeconds',
  'maxDeltaTimeSeconds',
  'failureFactor',
  'maxSecondaryAuthFailures',
  'actionTokenGeneratedByAdminLifespan',
  'actionTokenGeneratedByUserLifespan',
  'offlineSessionMaxLifespanEnabled',
  'offlineSessionMaxLifespan',
  'organizationsEnabled',
  'verifiableCredentialsEnabled',
  'adminPermissionsEnabled',
  'webAuthnPolicyRpEntityName',
  'webAuthnPolicySignatureAlgorithms',
  'webAuthnPolicyRpId',
  'webAuthnPolicyAttestationConveyancePreference',
  'webAuthnPolicyAuthenticatorAttachment',
  'webAuthnPolicyRequireResidentKey',
  'webAuthnPolicyResidentKey',
  'webAuthnPolicyUserVerificationRequirement',
  'webAuthnPolicyCreateTimeout',
  'webAuthnPolicyAvoidSameAuthenticatorRegister',
  'webAuthnPolicyAcceptableAaguids',
] as const satisfies readonly (keyof typeof settingDefaults)[]

/** As above, but shown as attributes too; a member that is given writes the attribute. */
export const attributesBesideMembers = [
  'clientSessionIdleTimeout',
  'clientSessionMaxLifespan',
  'clientOfflineSessionIdleTimeout',
  'clientOfflineSessionMaxLifespan',
  'oauth2DeviceCodeLifespan',
  'oauth2DevicePollingInterval',
  'scimApiEnabled',
] as const satisfies readonly (keyof typeof settingDefaults)[]

export const attributeDefaults = Object.freeze({
  cibaBackchannelTokenDeliveryMode: 'poll',
  cibaExpiresIn: '120',
  cibaAuthRequestedUserHint: 'login_hint',
  cibaInterval: '5',
  parRequestUriLifespan: '60',
})

/** Members that are other files' business, or old ones that are turned into something else. */
export const notSettings: ReadonlySet<string> = new Set<keyof RealmRepresentation>([
  'roles',
  'groups',
  'defaultRoles',
  'defaultRole',
  'users',
  'federatedUsers',
  'scopeMappings',
  'clientScopeMappings',
  'applicationScopeMappings',
  'clients',
  'clientScopes',
  'clientTemplates',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
  'components',
  'identityProviders',
  'identityProviderMappers',
  'authenticationFlows',
  'authenticatorConfig',
  'requiredActions',
  'attributes',
  'browserSecurityHeaders',
  'keycloakVersion',
  'privateKey',
  'publicKey',
  'certificate',
  'codeSecret',
  'social',
  'updateProfileOnInitialSocialLogin',
  'socialProviders',
  'passwordCredentialGrantAllowed',
])

/**
 * The realm's own members: those given, and the reference's defaults for the rest. Attributes and the members that live in them are
 * brought to agree; one-time-password members count only together with `otpPolicyType`.
 */
export function completeSettings(given: RealmRepresentation, kind: 'create' | 'import' | 'master'): RealmRepresentation {
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => !notSettings.has(name)))
  const completed: RealmRepresentation = {
    ...structuredClone(settingDefaults),
    ...(kind === 'master' ? masterSettings : {}),
    ...own,
    ...membersFromAttributes(given),
    ...completeOtpPolicy(given),
    browserSecurityHeaders: { ...securityHeaderDefaults, ...given.browserSecurityHeaders },
  }
  const settings = filledPolicies(completed, settingDefaults)
  settings.otpSupportedApplications = otpSupportedApplications(settings)
  settings.attributes = completeAttributes(given, settings, kind)
  return settings
}

/** Authenticator applications that can hold the policy's codes, as the reference names them. The secret's hash does not count. */
export function otpSupportedApplications(policy: RealmRepresentation): string[] {
  const known = ['totpAppFreeOTPName']
  const usual = policy.otpPolicyAlgorithm === 'HmacSHA1' && policy.otpPolicyDigits === 6
  const steps30 = policy.otpPolicyPeriod === 30
  if (policy.otpPolicyType !== 'totp' || steps30) known.push('totpAppGoogleName')
  if (policy.otpPolicyType === 'totp' && steps30 && usual) known.push('totpAppMicrosoftAuthenticatorName')
  return known
}

export function completeOtpPolicy(given: RealmRepresentation): RealmRepresentation {
  // Set first, so that members of a policy without a type are overwritten rather than kept.
  if (given.otpPolicyType === undefined) return { ...otpDefaults, otpPolicyCodeReusable: reusableByAttribute(given) ?? false }
  return {
    otpPolicyType: given.otpPolicyType,
    otpPolicyInitialCounter: given.otpPolicyInitialCounter ?? 0,
    otpPolicyDigits: given.otpPolicyDigits ?? 0,
    otpPolicyLookAheadWindow: given.otpPolicyLookAheadWindow ?? 0,
    otpPolicyPeriod: given.otpPolicyPeriod ?? 0,
    otpPolicyCodeReusable: given.otpPolicyCodeReusable ?? reusableByAttribute(given) ?? false,
  }
}

function reusableByAttribute(given: RealmRepresentation): boolean | undefined {
  const text = given.attributes?.['realmReusableOtpCode']
  return text === undefined ? undefined : text === 'true'
}

export function membersFromAttributes(given: RealmRepresentation): RealmRepresentation {
  const found: Record<string, unknown> = {}
  for (const name of [...attributesThatAreMembers, ...attributesBesideMembers]) {
    const text = given.attributes?.[name]
    if (text !== undefined) found[name] = valueLike(settingDefaults[name], text)
  }
  const html = given.attributes?.['displayNameHtml']
  const origins = originsFromAttributes(given.attributes)
  return { ...(found as RealmRepresentation), ...(html === undefined ? {} : { displayNameHtml: html }), ...origins }
}

function valueLike(example: unknown, text: string): unknown {
  if (typeof example === 'number') return Number(text)
  if (typeof example === 'boolean') return text === 'true'
  return Array.isArray(example) ? text.split(',') : text
}

function completeAttributes(given: RealmRepresentation, settings: RealmRepresentation, kind: string): Record<string, string> {
  const attributes: Record<string, string> = { ...attributeDefaults, ...given.attributes }
  for (const name of attributesBesideMembers) {
    // The reference writes the device members on every realm it is given, and none on its own master realm.
    const written = name.startsWith('oauth2Device') ? kind !== 'master' : given[name] !== undefined
    if (written) attributes[name] = String(settings[name])
  }
  attributes['realmReusableOtpCode'] = String(settings.otpPolicyCodeReusable)
  for (const name of [...attributesThatAreMembers, 'displayName', 'displayNameHtml']) delete attributes[name]
  for (const name of Object.keys(attributes)) if (name.startsWith('_browser_header.')) delete attributes[name]
  return withOrigins(attributes, settings)
}
