/**
 * WebAuthn and passkeys: the realm's policies, ceremonies, stored credentials, shared by the authenticators and required actions of both
 * kinds. The checks themselves are @simplewebauthn/server's. Not here: pages, who is asked when. May call storage and ../.
 */
import type { RealmSnapshot } from '../../realm/model.ts'

/** Also the type of the stored credential. */
export type WebauthnKind = 'webauthn' | 'webauthn-passwordless'

export interface WebauthnPolicy {
  readonly rpName: string
  /** The domain that credentials belong to. */
  readonly rpId: string
  /** Where ceremonies may take place: the server itself and what the realm adds. */
  readonly origins: readonly string[]
  /** COSE algorithm identifiers, the preferred one first. */
  readonly algorithms: readonly number[]
  readonly attestation: string | undefined
  readonly attachment: string | undefined
  readonly residentKey: string | undefined
  readonly requireResidentKey: boolean | undefined
  readonly userVerification: string | undefined
  /** 0: the browser decides. */
  readonly timeoutSeconds: number
  /** One authenticator may not be registered twice by a user. */
  readonly avoidsSame: boolean
  /** Models of authenticators that may be registered; empty: all. */
  readonly acceptableAaguids: readonly string[]
}

/** IANA COSE algorithms by the names of the realm's settings. */
const coseAlgorithms: Readonly<Record<string, number>> = {
  ES256: -7,
  ES384: -35,
  ES512: -36,
  RS256: -257,
  RS384: -258,
  RS512: -259,
  RS1: -65_535,
  Ed25519: -8,
}

/** What the settings say for "leave it to the browser". */
const notSpecified = 'not specified'
const specified = (value: string | undefined): string | undefined => (value === notSpecified || value === '' ? undefined : value)

/** @param baseUrl the server as the browser sees it: gives the domain and the origin where the realm names none */
export function webauthnPolicy({ settings }: RealmSnapshot, kind: WebauthnKind, baseUrl: string): WebauthnPolicy {
  const own = kind === 'webauthn' ? settingsOf(settings) : passwordlessSettingsOf(settings)
  const { origin, hostname } = new URL(baseUrl)
  const algorithms = (own.algorithms ?? []).flatMap((name) => coseAlgorithms[name] ?? [])
  return {
    rpName: own.rpName || 'keycloak',
    rpId: own.rpId || hostname,
    origins: [origin, ...(own.extraOrigins ?? [])],
    algorithms: algorithms.length > 0 ? algorithms : [-7, -257],
    attestation: specified(own.attestation),
    attachment: specified(own.attachment),
    residentKey: specified(own.residentKey),
    requireResidentKey: own.requireResidentKey === 'Yes' ? true : own.requireResidentKey === 'No' ? false : undefined,
    userVerification: specified(own.userVerification),
    timeoutSeconds: own.timeoutSeconds ?? 0,
    avoidsSame: own.avoidsSame ?? false,
    acceptableAaguids: own.acceptableAaguids ?? [],
  }
}

type Settings = RealmSnapshot['settings']

const settingsOf = (s: Settings) => ({
  rpName: s.webAuthnPolicyRpEntityName,
  rpId: s.webAuthnPolicyRpId,
  extraOrigins: s.webAuthnPolicyExtraOrigins,
  algorithms: s.webAuthnPolicySignatureAlgorithms,
  attestation: s.webAuthnPolicyAttestationConveyancePreference,
  attachment: s.webAuthnPolicyAuthenticatorAttachment,
  residentKey: s.webAuthnPolicyResidentKey,
  requireResidentKey: s.webAuthnPolicyRequireResidentKey,
  userVerification: s.webAuthnPolicyUserVerificationRequirement,
  timeoutSeconds: s.webAuthnPolicyCreateTimeout,
  avoidsSame: s.webAuthnPolicyAvoidSameAuthenticatorRegister,
  acceptableAaguids: s.webAuthnPolicyAcceptableAaguids,
})

const passwordlessSettingsOf = (s: Settings): ReturnType<typeof settingsOf> => ({
  rpName: s.webAuthnPolicyPasswordlessRpEntityName,
  rpId: s.webAuthnPolicyPasswordlessRpId,
  extraOrigins: s.webAuthnPolicyPasswordlessExtraOrigins,
  algorithms: s.webAuthnPolicyPasswordlessSignatureAlgorithms,
  attestation: s.webAuthnPolicyPasswordlessAttestationConveyancePreference,
  attachment: s.webAuthnPolicyPasswordlessAuthenticatorAttachment,
  residentKey: s.webAuthnPolicyPasswordlessResidentKey,
  requireResidentKey: s.webAuthnPolicyPasswordlessRequireResidentKey,
  userVerification: s.webAuthnPolicyPasswordlessUserVerificationRequirement,
  timeoutSeconds: s.webAuthnPolicyPasswordlessCreateTimeout,
  avoidsSame: s.webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister,
  acceptableAaguids: s.webAuthnPolicyPasswordlessAcceptableAaguids,
})
