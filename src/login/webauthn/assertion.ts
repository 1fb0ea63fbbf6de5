import type { Form } from '../../http/parameters.ts'
import { credentials } from '../../storage/credentials.ts'
import { type UserRow, users } from '../../storage/users.ts'
import type { Step } from '../step.ts'
import { noteCredential } from '../used-credentials.ts'
import { field, newChallenge, requestOptions, takeChallenge, verifyAssertion } from './ceremony.ts'
import { type WebauthnCredential, webauthnCredentials, withCounter } from './credential.ts'
import { type WebauthnKind, webauthnPolicy } from './policy.ts'

export interface AssertionRequest {
  /** PublicKeyCredentialRequestOptionsJSON. */
  readonly options: object
  /** Those of the user, when somebody is known. */
  readonly known: readonly WebauthnCredential[]
}

/** What a page needs to ask for an assertion; the challenge is noted. */
export async function assertionRequest(step: Step, kind: WebauthnKind): Promise<AssertionRequest> {
  const known = webauthnCredentials(await step.credentials(), kind)
  const policy = webauthnPolicy(step.realm, kind, step.request.baseUrl)
  return { options: requestOptions(policy, newChallenge(step), known), known }
}

export type AssertionResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly messageKey: string; readonly event: string }

/**
 * Checks what the browser sent for an assertion. Whoever it proves is the user of the login from then on. Details of the audit event are
 * those of the reference, and so is that failures are neither counted nor lock anybody out: a signature is not guessed.
 */
export async function acceptAssertion(step: Step, kind: WebauthnKind, form: Form): Promise<AssertionResult> {
  const { details } = step
  details['credential_type'] = kind
  const refused = (messageKey: string, event: string, detail?: string): AssertionResult => {
    details['web_authn_authentication_error'] = messageKey
    details['web_authn_authentication_error_detail'] = detail
    return { kind: 'refused', messageKey, event }
  }
  const challenge = takeChallenge(step)
  const browserError = field(form, 'error')
  if (browserError !== '') return refused('webauthn-error-api-get', 'not_allowed', browserError.slice(0, errorLengthMax))
  const user = await provenUser(step, form)
  if (user === 'another') return refused('webauthn-error-different-user', 'different_user_authenticated')
  const credential = user && (await findCredential(step, user, kind, form))
  if (user === undefined || credential === undefined) return refused('webauthn-error-user-not-found', 'user_not_found')
  if (challenge === undefined) return refused('webauthn-error-auth-verification', 'invalid_user_credentials', 'there is no challenge')
  const policy = webauthnPolicy(step.realm, kind, step.request.baseUrl)
  const result = await verifyAssertion(policy, challenge, credential, form)
  if (result.kind === 'refused') return refused('webauthn-error-auth-verification', 'invalid_user_credentials', result.detail)
  if (!(await storeCounter(step, credential, result.value.counter)))
    return refused('webauthn-error-auth-verification', 'invalid_user_credentials', 'the authenticator was used elsewhere at the same time')
  if (user.enabled !== 1) return refused('accountDisabledMessage', 'user_disabled')
  details['public_key_credential_id'] = credential.id
  details['web_authn_authenticator_user_verification_checked'] = String(policy.userVerification === 'required')
  details['username'] = user.username
  step.identify(user)
  noteCredential(step, kind)
  return { kind: 'accepted' }
}

/** Of a browser's own words. */
const errorLengthMax = 200

/** The user of the login; without one, whom the authenticator names by its user handle. */
async function provenUser(step: Step, form: Form): Promise<UserRow | 'another' | undefined> {
  const known = await step.user()
  const handle = Buffer.from(field(form, 'userHandle'), 'base64url').toString('utf8')
  if (known !== undefined) return handle === '' || handle === known.id ? known : 'another'
  // Ids are short; what else comes is looked for nowhere.
  if (handle === '' || handle.length > 255 || handle.includes('\0')) return undefined
  return users(step.services.database).findById(step.realm.id, handle)
}

async function findCredential({ services }: Step, user: UserRow, kind: WebauthnKind, form: Form): Promise<WebauthnCredential | undefined> {
  const id = Buffer.from(field(form, 'credentialId'), 'base64').toString('base64url')
  return webauthnCredentials(await credentials(services.database).listOf(user.id), kind).find((credential) => credential.id === id)
}

/** Authenticators without a counter always say 0. Of two uses of one counter exactly one is stored. */
async function storeCounter({ services }: Step, credential: WebauthnCredential, counter: number): Promise<boolean> {
  if (counter === credential.counter) return true
  return (await credentials(services.database).advance(credential.row, withCounter(credential, counter))) === 1
}
