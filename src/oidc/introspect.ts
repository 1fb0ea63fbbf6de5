import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { tokenPlans } from '../tokens/plan.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { factsOfToken, readSubject } from '../tokens/subject.ts'
import { verifyToken } from '../tokens/verify.ts'
import { authenticateClient } from './client-auth/authenticate.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** Token introspection (RFC 7662). A caller that is not in the token's audience is told no more than "not active". */
export const introspectRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/realms/:realm/protocol/openid-connect/token/introspect',
  family: 'oauth',
  summary: 'Token introspection',
  handle: introspect,
}

const inactive: Claims = { active: false }

/** Members of a token that the answer repeats; the rest is said anew by the mappers (reference behaviour). */
const repeated = [
  'exp',
  'iat',
  'auth_time',
  'jti',
  'iss',
  'aud',
  'sub',
  'typ',
  'azp',
  'nonce',
  'sid',
  'acr',
  'allowed-origins',
  'realm_access',
  'resource_access',
  'scope',
  'cnf',
] as const
const filledByMappers = new Set(['acr', 'allowed-origins', 'realm_access', 'resource_access'])

async function introspect(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  let clientId: string | undefined
  try {
    requireUsable(realm, request)
    const form = readForm(request)
    const { client } = await authenticateClient(request, form, { realm, clock: services.clock }, (name) => {
      clientId = name
    }).catch(sayLess)
    if (client.publicClient) throw new OAuthError('invalid_request', 'Client not allowed.', { status: 403, event: 'not_allowed' })
    if (form.repeated !== undefined) throw new OAuthError('invalid_request', 'duplicated parameter', { event: 'invalid_request' })
    const token = form.get('token')
    if (token === undefined) throw new OAuthError('invalid_request', 'Token not provided.', { event: 'token_introspection_failed' })
    const answer = await describe(request, services, realm, client, { token, hint: form.get('token_type_hint') })
    services.events.emit({
      type: 'INTROSPECT_TOKEN',
      realmId: realm.id,
      realmName: realm.name,
      clientId,
      ipAddress: request.remoteAddress,
      details: { token_type: answer['typ'] === undefined ? undefined : String(answer['typ']) },
    })
    return jsonResponse(200, answer, { 'cache-control': 'no-cache' })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    services.events.emit({
      type: 'INTROSPECT_TOKEN_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      clientId,
      ipAddress: request.remoteAddress,
      error: error.event,
      details: { detail: error.description },
    })
    return oauthErrorResponse(error)
  }
}

/** This endpoint has another text for a wrong proof than the token endpoint. */
function sayLess(error: unknown): never {
  if (error instanceof OAuthError && error.code === 'unauthorized_client')
    throw new OAuthError('invalid_client', 'Client authentication failed.', { status: 401, event: 'invalid_client_credentials' })
  throw error
}

interface Question {
  readonly token: string
  readonly hint: string | undefined
}

async function describe(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  caller: Client,
  { token, hint }: Question,
): Promise<Claims> {
  const types = typesOf(hint)
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, types)
  if ('fault' in verified) return inactive
  const { claims } = verified
  if (!mayAsk(caller, claims)) return inactive
  const subject = await readSubject(services, realm, claims)
  if (subject.kind !== 'active') return inactive
  const { client, user } = subject
  const { facts, scopes } = factsOfToken({ realm, client, baseUrl: request.baseUrl }, subject, claims)
  const answer: Claims = {}
  for (const name of repeated) answer[name] = filledByMappers.has(name) ? undefined : claims[name]
  if (claims['aud_x'] !== undefined) answer['aud'] = [claims['aud'], claims['aud_x']].flat()
  tokenPlans(client).plan('introspection', scopes, false)(answer, facts)
  return { ...answer, client_id: client.clientId, username: user.username, token_type: claims['typ'], active: true }
}

/** An access token is looked for unless the hint says otherwise; refresh tokens are found by their hint alone (reference behaviour). */
function typesOf(hint: string | undefined): readonly string[] {
  if (hint === undefined || hint === 'access_token') return ['Bearer']
  if (hint === 'refresh_token') return ['Refresh', 'Offline']
  throw new OAuthError('invalid_request', 'Unsupported token type.', { event: 'invalid_request' })
}

/** The audience of an access token may ask about it; a refresh token is its own client's alone. */
function mayAsk(caller: Client, claims: Claims): boolean {
  if (claims['typ'] !== 'Bearer') return claims['azp'] === caller.clientId
  return [claims['aud']].flat().includes(caller.clientId)
}
