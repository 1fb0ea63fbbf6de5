/**
 * Client authentication: one file per method, tried in the order of the array below. Not here: what the client may do afterwards.
 * May call realm, crypto and http.
 */
import { OAuthError } from '../../http/errors.ts'
import type { Form } from '../../http/parameters.ts'
import type { HttpRequest } from '../../http/values.ts'
import type { Client } from '../../realm/model.ts'
import type { ClientAuthContext, ClientAuthMethod } from './client-auth-method.ts'
import { clientSecret } from './client-secret.ts'
import { assertionMissing, invalidClient, invalidCredentials } from './failures.ts'

export const clientAuthMethods = [clientSecret] satisfies readonly ClientAuthMethod[]

/** Authenticators whose clients prove themselves by a signed JWT (RFC 7523). */
const signsAssertions: ReadonlySet<string> = new Set(['client-jwt', 'client-secret-jwt'])

export interface AuthenticatedClient {
  readonly client: Client
  /** The reference's name of the method, for audit events. Public clients count as client-secret. */
  readonly method: string
}

/**
 * Finds and authenticates the client of a request. `named` is told the client id as soon as it is known, so that a failure can be
 * audited. Throws OAuthError: invalid_client (401) for no, unknown or disabled clients, unauthorized_client (401) for a wrong proof.
 */
export async function authenticateClient(
  request: HttpRequest,
  form: Form,
  context: ClientAuthContext,
  named: (clientId: string) => void,
): Promise<AuthenticatedClient> {
  for (const method of clientAuthMethods) {
    const presented = method.present(request.headers, form)
    if (presented === undefined) continue
    named(presented.clientId)
    const client = await context.realm.client(presented.clientId)
    if (client === undefined) throw invalidClient('client_not_found')
    if (!client.enabled) throw invalidClient('client_disabled')
    if (client.publicClient) return { client, method: method.id }
    const wanted = client.doc.clientAuthenticatorType ?? clientSecret.id
    // A client that is registered for signed assertions must not get in with a plain secret.
    if (wanted !== method.id && !client.bearerOnly) throw signsAssertions.has(wanted) ? assertionMissing() : invalidCredentials()
    await method.verify(presented, client, context)
    return { client, method: method.id }
  }
  throw invalidClient('client_not_found')
}

/** What the token endpoint asks of an authenticated client. */
export function requireTokenClient(client: Client): void {
  if (client.protocol !== 'openid-connect') throw new OAuthError('invalid_client', 'Wrong client protocol.', { event: 'invalid_client' })
  if (client.bearerOnly) throw new OAuthError('invalid_client', 'Bearer-only not allowed', { event: 'invalid_client' })
}
