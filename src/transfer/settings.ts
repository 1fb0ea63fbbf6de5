import { filledPolicies, noOrigins, withOrigins } from '../realm/defaults/security-key-policy.ts'
import {
  attributeDefaults,
  attributesBesideMembers,
  attributesThatAreMembers,
  completeOtpPolicy,
  membersFromAttributes,
  notSettings,
  otpSupportedApplications,
  settingDefaults,
} from '../realm/defaults/settings.ts'
import type { Patch } from '../representations/fields.ts'
import { mergeRepresentation } from '../representations/merge.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { readPolicyText } from '../users/password-policy/parse.ts'
import { ImportError } from './errors.ts'
import { requireClientLifespans, requireCounts, requireSender } from './settings-checks.ts'

const sslModes: ReadonlySet<string> = new Set(['all', 'external', 'none'])

/** Members that stand for nothing when they are empty. */
const absentWhenEmpty = ['supportedLocales', 'requiredCredentials', 'passwordPolicy'] as const

/**
 * A realm's own members as the reference keeps them, wherever they came from. An address can be shared only where nobody logs in by it.
 * Throws ImportError for a value that the reference refuses with an internal error.
 */
export function settled(realm: RealmRepresentation): RealmRepresentation {
  const result: RealmRepresentation = { ...realm }
  for (const name of absentWhenEmpty) if (result[name]?.length === 0) delete result[name]
  if (result.sslRequired !== undefined) result.sslRequired = result.sslRequired.toLowerCase()
  if (result.sslRequired !== undefined && !sslModes.has(result.sslRequired))
    throw new ImportError(400, 'Invalid sslRequired: all, external and none are known')
  // Events that never expire are kept without the member (reference behaviour).
  if (result.eventsExpiration === 0) delete result.eventsExpiration
  if (result.duplicateEmailsAllowed) {
    result.loginWithEmailAllowed = false
    result.registrationEmailAsUsername = false
  }
  return result
}

/** A file's policies are kept whatever they are; what somebody types must be known. Throws ImportError. */
export function policyText(given: string): string {
  const read = readPolicyText(given)
  if (read.kind === 'wrong') throw new ImportError(400, read.message)
  return read.text
}

/** Members of a realm that name a flow. */
export const flowBindings = [
  'browserFlow',
  'registrationFlow',
  'directGrantFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'dockerAuthenticationFlow',
  'firstBrokerLoginFlow',
] as const

/** Throws ImportError when a binding names no flow of the realm: such a realm could not be logged in to. */
export function requireFlows(realm: RealmRepresentation, aliases: ReadonlySet<string>): void {
  for (const name of flowBindings) {
    const alias = realm[name]
    if (alias !== undefined && !aliases.has(alias)) throw new ImportError(400, `Unable to find flow for ${name}: ${alias}`)
  }
}

/**
 * What a PUT makes of a realm's own members (reference behaviour): attributes are replaced as a whole, but those that the reference
 * computes come back with their defaults; the one-time-password policy changes only together with its type, a policy for security keys
 * only together with the name of the relying party. Throws ImportError.
 */
export function changedSettings(before: RealmRepresentation, patch: Patch<typeof realmRepresentation>): RealmRepresentation {
  const { attributes: givenAttributes, ...given } = patch as RealmRepresentation
  requireCounts(given)
  requireSender(given.smtpServer, 'errorMessage')
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => isSetting(name, given)))
  if (given.passwordPolicy) own['passwordPolicy'] = policyText(given.passwordPolicy)
  if (given.browserSecurityHeaders) own['browserSecurityHeaders'] = given.browserSecurityHeaders
  const base = {
    ...before,
    ...deviceDefaults(),
    ...securityKeyDefaults(given),
    ...(givenAttributes ? { ...withoutAttributeMembers(), ...membersFromAttributes({ attributes: givenAttributes }) } : {}),
  }
  const { otpPolicyAlgorithm: _algorithm, ...policyless } = base
  const merged: RealmRepresentation = {
    ...filledPolicies(
      mergeRepresentation(realmRepresentation, given.otpPolicyType === undefined ? base : policyless, own),
      settingDefaults,
    ),
    ...(given.otpPolicyType === undefined ? {} : otpPolicy(given)),
  }
  merged.attributes = withOrigins(changedAttributes(before, givenAttributes, given), merged)
  merged.otpSupportedApplications = otpSupportedApplications(merged)
  // The one that is asked for last wins.
  if ((given.registrationEmailAsUsername || given.loginWithEmailAllowed) && !given.duplicateEmailsAllowed)
    merged.duplicateEmailsAllowed = false
  requireClientLifespans(merged)
  return settled(merged)
}

/** Settings of the device flow are forgotten by every PUT that does not say them again (reference behaviour). */
const deviceDefaults = (): RealmRepresentation => Object.fromEntries(deviceMembers.map((name) => [name, settingDefaults[name]]))

/** Whether a policy comes with the member that leads it: a name, since an empty one names nobody (reference behaviour). */
const bringsSecurityKeys = (given: RealmRepresentation): boolean => Boolean(given.webAuthnPolicyRpEntityName)
const bringsPasswordless = (given: RealmRepresentation): boolean => Boolean(given.webAuthnPolicyPasswordlessRpEntityName)

/** A policy for security keys that comes with its leading member is a whole new one. */
function securityKeyDefaults(given: RealmRepresentation): RealmRepresentation {
  const isPasswordless = (name: string): boolean => name.startsWith('webAuthnPolicyPasswordless')
  const fresh = Object.entries(settingDefaults).filter(([name]) =>
    isPasswordless(name) ? bringsPasswordless(given) : name.startsWith('webAuthnPolicy') && bringsSecurityKeys(given),
  )
  return structuredClone(Object.fromEntries(fresh))
}

/** Members of realm files that are no settings of the realm: kept as they came, neither shown nor changed. */
export const broughtAlong = [
  'adminPermissionsClient',
  'userFederationProviders',
  'userFederationMappers',
  'protocolMappers',
  'applications',
  'oauthClients',
] as const satisfies readonly (keyof RealmRepresentation)[]

/** Texts have a path of their own; the next belong to features that are off. */
const leftAlone: ReadonlySet<string> = new Set(['localizationTexts', 'verifiableCredentialsEnabled', 'scimApiEnabled', ...broughtAlong])

/** Members that a PUT may change, and policies whose leading member is there. */
function isSetting(name: string, given: RealmRepresentation): boolean {
  if (notSettings.has(name) || name.startsWith('otp') || leftAlone.has(name)) return false
  if (name.startsWith('webAuthnPolicyPasswordless')) return bringsPasswordless(given)
  return !name.startsWith('webAuthnPolicy') || bringsSecurityKeys(given)
}

const otpPolicy = (given: RealmRepresentation): RealmRepresentation => {
  const { otpPolicyAlgorithm } = given
  return { ...completeOtpPolicy(given), ...(otpPolicyAlgorithm === undefined ? {} : { otpPolicyAlgorithm }) }
}

/** Members that live in attributes go with them. */
const withoutAttributeMembers = (): RealmRepresentation => ({
  ...Object.fromEntries(attributesBesideMembers.map((name) => [name, settingDefaults[name]])),
  ...noOrigins(),
})

const hidden: ReadonlySet<string> = new Set([...attributesThatAreMembers, 'displayName', 'displayNameHtml'])

function changedAttributes(
  before: RealmRepresentation,
  replaced: Readonly<Record<string, string>> | undefined,
  given: RealmRepresentation,
): Record<string, string> {
  const device = Object.fromEntries(deviceMembers.map((name) => [name, String(settingDefaults[name])]))
  const start: Record<string, string> = { ...(replaced ? {} : before.attributes), ...attributeDefaults, ...device, ...replaced }
  const attributes = Object.fromEntries(Object.entries(start).filter(([name]) => !hidden.has(name)))
  for (const name of attributesBesideMembers) if (given[name] !== undefined) attributes[name] = String(given[name])
  if (given.otpPolicyType !== undefined) attributes['realmReusableOtpCode'] = String(given.otpPolicyCodeReusable ?? false)
  return attributes
}

const deviceMembers = ['oauth2DeviceCodeLifespan', 'oauth2DevicePollingInterval'] as const
