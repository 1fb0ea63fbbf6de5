import type { Form } from '../../http/parameters.ts'
import type { Step } from '../step.ts'
import type { NewWebauthnCredential, WebauthnCredential } from './credential.ts'
import type { WebauthnPolicy } from './policy.ts'

/** Note of a login in progress: the challenge that the page on the screen was drawn with, base64url. */
const challengeNote = 'WEBAUTH_CHALLENGE'

export const webauthnLimits = {
  /** Random bytes of a challenge; Web Authentication section 13.4.3 asks for 16. */
  challengeBytes: 32,
  /** Characters of one field of a form: an attestation with its certificates takes some 10,000. */
  fieldLengthMax: 65_536,
  /** Characters of the name that a user gives to an authenticator. */
  labelLengthMax: 255,
  transportsMax: 10,
} as const

export function newChallenge({ session, services }: Pick<Step, 'session' | 'services'>): string {
  const challenge = services.random.bytes(webauthnLimits.challengeBytes).toString('base64url')
  session.notes[challengeNote] = challenge
  return challenge
}

/** The challenge of the page that was answered; it counts for one answer. */
export function takeChallenge({ session }: Pick<Step, 'session'>): string | undefined {
  const challenge = session.notes[challengeNote]
  delete session.notes[challengeNote]
  return challenge
}

/** A field of a form; too long ones count as missing. */
export function field(form: Form, name: string): string {
  const value = form.get(name) ?? ''
  return value.length <= webauthnLimits.fieldLengthMax ? value : ''
}

/** What the browser says that an authenticator can be reached by; the words of Web Authentication section 5.8.4 and later ones. */
export const transportsIn = (text: string): string[] =>
  [...new Set(text.split(','))].filter((name) => /^[a-z-]{1,20}$/.test(name)).slice(0, webauthnLimits.transportsMax)

const timeoutOf = ({ timeoutSeconds }: WebauthnPolicy): { timeout?: number } =>
  timeoutSeconds > 0 ? { timeout: timeoutSeconds * 1_000 } : {}

const described = ({ id, transports }: WebauthnCredential) => ({
  type: 'public-key',
  id,
  ...(transports.length > 0 ? { transports } : {}),
})

/** PublicKeyCredentialCreationOptionsJSON (Web Authentication section 5.1.9). The user handle is the user's id. */
export function creationOptions(
  policy: WebauthnPolicy,
  user: { readonly id: string; readonly username: string },
  challenge: string,
  known: readonly WebauthnCredential[],
) {
  const { attachment, residentKey, requireResidentKey, userVerification, attestation } = policy
  return {
    rp: { name: policy.rpName, id: policy.rpId },
    user: { id: Buffer.from(user.id).toString('base64url'), name: user.username, displayName: user.username },
    challenge,
    pubKeyCredParams: policy.algorithms.map((alg) => ({ type: 'public-key', alg })),
    ...timeoutOf(policy),
    excludeCredentials: policy.avoidsSame ? known.map(described) : [],
    authenticatorSelection: {
      ...(attachment === undefined ? {} : { authenticatorAttachment: attachment }),
      ...(residentKey === undefined ? {} : { residentKey }),
      ...(requireResidentKey === undefined ? {} : { requireResidentKey }),
      ...(userVerification === undefined ? {} : { userVerification }),
    },
    ...(attestation === undefined ? {} : { attestation }),
  }
}

/** PublicKeyCredentialRequestOptionsJSON. Nobody known: no list, so that the authenticator offers what it holds for this domain. */
export const requestOptions = (policy: WebauthnPolicy, challenge: string, known: readonly WebauthnCredential[]) => ({
  challenge,
  rpId: policy.rpId,
  ...timeoutOf(policy),
  allowCredentials: known.map(described),
  ...(policy.userVerification === undefined ? {} : { userVerification: policy.userVerification }),
})

export type CeremonyResult<V> =
  | { readonly kind: 'verified'; readonly value: V }
  /** For the audit event, and at a registration for the user too. */
  | { readonly kind: 'refused'; readonly detail: string }

/** What the library throws is about what the browser sent; its text tells which check failed. */
async function refusing<V>(work: () => Promise<CeremonyResult<V>>): Promise<CeremonyResult<V>> {
  try {
    return await work()
  } catch (error) {
    return { kind: 'refused', detail: error instanceof Error ? error.message : 'not readable' }
  }
}

const needsVerification = ({ userVerification }: WebauthnPolicy): boolean => userVerification === 'required'

/** Checks a registration (Web Authentication section 7.1). The attestation's own signature is checked; no vendor is trusted by it. */
export const verifyRegistration = (policy: WebauthnPolicy, challenge: string, form: Form): Promise<CeremonyResult<NewWebauthnCredential>> =>
  refusing(async () => {
    const { verifyRegistrationResponse } = await library()
    const id = field(form, 'publicKeyCredentialId')
    const transports = transportsIn(field(form, 'transports'))
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON: field(form, 'clientDataJSON'), attestationObject: field(form, 'attestationObject') },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...policy.origins],
      expectedRPID: policy.rpId,
      requireUserVerification: needsVerification(policy),
      supportedAlgorithmIDs: [...policy.algorithms],
    })
    if (!verified) return { kind: 'refused', detail: 'The attestation could not be verified' }
    const { fmt, aaguid, credential } = registrationInfo
    const refused = refusedModel(policy, fmt, aaguid)
    if (refused !== undefined) return { kind: 'refused', detail: refused }
    const { id: credentialId, counter, publicKey } = credential
    return { kind: 'verified', value: { aaguid, id: credentialId, counter, publicKey, attestationFormat: fmt, transports } }
  })

/** Without an attestation a model is only claimed (reference behaviour). */
function refusedModel({ acceptableAaguids }: WebauthnPolicy, format: string, aaguid: string): string | undefined {
  if (acceptableAaguids.length === 0) return undefined
  if (format === 'none') return "Acceptable AAGUIDs require an attestation format other than 'none'."
  return acceptableAaguids.includes(aaguid) ? undefined : 'not acceptable aaguid'
}

export interface VerifiedAssertion {
  readonly counter: number
  readonly userVerified: boolean
}

/** Checks an assertion of a stored credential (Web Authentication section 7.2). A counter that does not grow is refused. */
export const verifyAssertion = (
  policy: WebauthnPolicy,
  challenge: string,
  credential: WebauthnCredential,
  form: Form,
): Promise<CeremonyResult<VerifiedAssertion>> =>
  refusing(async () => {
    const { verifyAuthenticationResponse } = await library()
    const { id, publicKey, counter } = credential
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: field(form, 'clientDataJSON'),
          authenticatorData: field(form, 'authenticatorData'),
          signature: field(form, 'signature'),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...policy.origins],
      expectedRPID: policy.rpId,
      credential: { id, publicKey, counter },
      requireUserVerification: needsVerification(policy),
    })
    if (!verified) return { kind: 'refused', detail: 'The signature is wrong' }
    return { kind: 'verified', value: { counter: authenticationInfo.newCounter, userVerified: authenticationInfo.userVerified } }
  })

/** Loaded at the first ceremony: its certificate parsers cost a server that has no passkeys memory and time. */
const library = () => import('@simplewebauthn/server')
