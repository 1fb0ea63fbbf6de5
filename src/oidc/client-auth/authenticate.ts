/**
 * Client authentication: one file per method, tried in the order of the array below. Not here: what the client may do afterwards.
 * May call realm, crypto and http.
 */
import { OAuthError } from '../../http/errors.ts'
import type { Form } from '../../http/parameters.ts'
import type { HttpRequest } from '../../http/values.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { OidcServices } from '../services.ts'
import { assertionDetails } from './assertion.ts'
import type { ClientAuthMethod, Presented } from './client-auth-method.ts'
import { clientSecret } from './client-secret.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'
import { clientX509 } from './client-x509.ts'
import { invalidClient } from './failures.ts'
import { noteKey, privateKeyJwt } from './private-key-jwt.ts'

export const clientAuthMethods = [clientSecret, privateKeyJwt, clientSecretJwt, clientX509] satisfies readonly ClientAuthMethod[]

/** The services of an endpoint, its realm, and the details of its audit event, which gain what an assertion says of itself. */
export interface ClientAuthOptions extends Pick<OidcServices, 'database' | 'clock' | 'clientKeys'> {
  readonly realm: RealmSnapshot
  readonly details: Record<string, string | undefined>
}

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
  options: ClientAuthOptions,
  named: (clientId: string) => void,
): Promise<AuthenticatedClient> {
  const presented = firstPresented(request, form)
  const { realm, database, clock, clientKeys, details } = options
  if (presented === undefined) {
    Object.assign(details, assertionDetails(form))
    throw invalidClient('client_not_found')
  }
  const client = await realm.client(presented.clientId)
  const wanted = client?.doc.clientAuthenticatorType ?? clientSecret.id
  const byAssertion = presented.method !== clientSecret.id
  const isPublic = client?.publicClient === true && !byAssertion
  if (client === undefined || byAssertion || (wanted !== clientSecret.id && !isPublic)) Object.assign(details, assertionDetails(form))
  // The reference's events tell an unknown client by the parameter that names it, not by the claim.
  if (client !== undefined || !byAssertion) named(presented.clientId)
  if (client === undefined) throw invalidClient('client_not_found')
  if (!client.enabled) throw invalidClient('client_disabled')
  if (isPublic) return { client, method: clientSecret.id }
  const context = { realm, clock, sql: database, keys: clientKeys, issuer: issuerOf(request.baseUrl, realm), form, details }
  // An assertion of a client that has not registered for it proves nothing.
  if (byAssertion && client.publicClient && wanted === privateKeyJwt.id) await noteKey(client, context)
  if (byAssertion && (client.publicClient || wanted === clientSecret.id)) throw invalidClient('client_not_found')
  const method = clientAuthMethods.find(({ id }) => id === wanted)
  if (method === undefined) throw invalidClient('client_not_found')
  await method.verify(presented, client, context)
  return { client, method: method.id }
}

function firstPresented({ headers }: HttpRequest, form: Form): (Presented & { readonly method: string }) | undefined {
  for (const method of clientAuthMethods) {
    const presented = method.present(headers, form)
    if (presented !== undefined) return { ...presented, method: method.id }
  }
  return undefined
}

/** What the token endpoint asks of an authenticated client. */
export function requireTokenClient(client: Client): void {
  if (client.protocol !== 'openid-connect') throw new OAuthError('invalid_client', 'Wrong client protocol.', { event: 'invalid_client' })
  if (client.bearerOnly) throw new OAuthError('invalid_client', 'Bearer-only not allowed', { event: 'invalid_client', audited: false })
}
