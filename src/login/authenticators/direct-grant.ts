/**
 * The executions of the flow behind the password grant: they read the token request instead of showing pages, and their failures carry the
 * answer of the token endpoint.
 */
import { HashQueueFull } from '../../crypto/hash-queue.ts'
import { OAuthError } from '../../http/errors.ts'
import { readForm } from '../../http/parameters.ts'
import { useOtp } from '../../users/credentials/use-otp.ts'
import type { Authenticator } from '../authenticator.ts'
import { refusalOf } from '../proof.ts'
import type { Step, StepResult } from '../step.ts'
import { noteCredential } from '../used-credentials.ts'
import { limitedText } from './password-check.ts'

type Failure = Extract<StepResult, { readonly kind: 'failure' }>

const failure = (error: string, oauth: OAuthError): Failure => ({ kind: 'failure', error, oauth })

/** One text whether name, password or code is wrong. */
const wrongCredentials = (event: string): Failure => failure(event, new OAuthError('invalid_grant', 'Invalid user credentials', { event }))

const field = ({ request }: Step, name: string): string | undefined => readForm(request).get(name)

export const directGrantValidateUsername: Authenticator = {
  id: 'direct-grant-validate-username',
  label: 'Username Validation',
  help: "Validates the username supplied as a 'username' form parameter in direct grant request",
  category: undefined,
  requirements: ['REQUIRED'],
  properties: [],
  needsUser: false,
  async start(step): Promise<StepResult> {
    const { services, realm, details } = step
    const username = field(step, 'username')
    if (username === undefined) {
      const missing = new OAuthError('invalid_request', 'Missing parameter: username', { status: 401, event: 'user_not_found' })
      return failure('user_not_found', missing)
    }
    details['username'] = username
    const user = username === '' ? undefined : await services.users.findForLogin(realm, limitedText(username))
    if (user === undefined) {
      // A password is hashed for nobody, so that the time an answer takes does not tell who exists.
      const busy = await passwordOf(step).then(() => undefined, comeAgain)
      return busy ?? wrongCredentials('user_not_found')
    }
    step.identify(user)
    return { kind: 'success' }
  },
}

export const directGrantValidatePassword: Authenticator = {
  id: 'direct-grant-validate-password',
  label: 'Password',
  help: "Validates the password supplied as a 'password' form parameter in direct grant request",
  category: 'password',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [],
  needsUser: true,
  async start(step): Promise<StepResult> {
    const user = await step.user()
    const right = await passwordOf(step).catch(comeAgain)
    if (typeof right === 'object') return right
    const refused = user === undefined ? 'user_not_found' : await refusalOf(step, user, 'primary', right)
    if (user === undefined || refused !== undefined)
      return wrongCredentials(user?.enabled === 0 ? 'user_disabled' : (refused ?? 'user_not_found'))
    // Told only to who knows the password.
    if (user.enabled !== 1) return failure('user_disabled', new OAuthError('invalid_grant', 'Account disabled', { event: 'user_disabled' }))
    noteCredential(step, 'password')
    return { kind: 'success' }
  },
}

const passwordOf = async (step: Step): Promise<boolean> =>
  step.services.users.verifyPassword(step.realm, await step.credentials(), limitedText(field(step, 'password')), step.request.isWanted)

/** More logins than can be hashed are under way. The client may try again; nobody was refused for good. */
function comeAgain(error: unknown): Failure {
  if (!(error instanceof HashQueueFull)) throw error
  const event = 'temporarily_unavailable'
  return failure(event, new OAuthError(event, 'Too many logins are waiting', { status: 503, event }))
}

export const directGrantValidateOtp: Authenticator = {
  id: 'direct-grant-validate-otp',
  label: 'OTP',
  help: "Validates the one time password supplied as a 'totp' form parameter in direct grant request",
  category: 'otp',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [],
  needsUser: true,
  configuredFor: async (step) => (await step.credentials()).some(({ type }) => type === 'otp'),
  async start(step): Promise<StepResult> {
    const { services, realm } = step
    // Only the preferred device: a request cannot name another one (reference behaviour).
    const device = (await step.credentials()).find(({ type }) => type === 'otp')
    const code = field(step, 'otp') ?? field(step, 'totp') ?? ''
    const right = device !== undefined && (await useOtp({ sql: services.database, realm, nowMs: services.clock.now() }, device, code))
    const user = await step.user()
    const refused = user === undefined ? 'user_not_found' : await refusalOf(step, user, 'secondary', right)
    if (refused !== undefined) return wrongCredentials(refused)
    noteCredential(step, 'otp')
    return { kind: 'success' }
  },
}

export const directGrantAuthenticators: readonly Authenticator[] = Object.freeze([
  directGrantValidateUsername,
  directGrantValidatePassword,
  directGrantValidateOtp,
])
