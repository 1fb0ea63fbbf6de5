import { OAuthError } from '../../http/errors.ts'

const description = 'Invalid client or Invalid client credentials'

/** The client exists, but the proof is wrong or missing. */
export const invalidCredentials = (): OAuthError =>
  new OAuthError('unauthorized_client', description, { status: 401, event: 'invalid_client_credentials' })

/** No client, an unknown one, or one that is switched off: the same text, so that names cannot be probed by it. */
export const invalidClient = (event: 'client_not_found' | 'client_disabled' | 'invalid_client_credentials'): OAuthError =>
  new OAuthError('invalid_client', description, { status: 401, event })

/** The client is registered for signed assertions and sent none. */
export const assertionMissing = (): OAuthError =>
  new OAuthError('invalid_client', 'Parameter client_assertion_type is missing', { event: 'invalid_client_credentials' })

/** An assertion that is broken, out of time, for somebody else or used before. */
export const invalidAssertion = (text: string): OAuthError =>
  new OAuthError('invalid_client', text, { event: 'invalid_client_credentials' })

/** The client has no key that the assertion could be verified by. */
export const keyMissing = (): OAuthError =>
  new OAuthError('invalid_client', 'Unable to load public key', { event: 'client_credentials_setup_required' })

/** What is wrong with an assertion that a client signs with its secret. */
export const secretAssertionInvalid = (why: string): OAuthError =>
  new OAuthError('unauthorized_client', `Client authentication with client secret signed JWT failed: ${why}`, {
    event: 'invalid_client_credentials',
  })

export const secretSignatureInvalid = (end: string): OAuthError => secretAssertionInvalid(`Signature on JWT token by client secret${end}`)
