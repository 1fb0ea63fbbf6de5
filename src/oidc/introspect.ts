import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { tokenPlans } from '../tokens/plan.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { factsOfToken, readSubject, type Subject } from '../tokens/subject.ts'
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
  const details: Record<string, string | undefined> = {}
  const emit = (type: 'INTROSPECT_TOKEN' | 'INTROSPECT_TOKEN_ERROR', more: { error?: string; userId?: string | undefined } = {}): void =>
    services.events.emit({ type, realmId: realm.id, realmName: realm.name, clientId, ipAddress: request.remoteAddress, details, ...more })
  try {
    requireUsable(realm, request)
    const form = readForm(request)
    const { client, method } = await authenticateClient(request, form, { ...services, realm, details }, (name) => {
      clientId = name
    }).catch(sayLess)
    details['client_auth_method'] = method
    if (client.publicClient) throw new OAuthError('invalid_request', 'Client not allowed.', { status: 403 })
    if (form.repeated !== undefined) throw new OAuthError('invalid_request', 'duplicated parameter')
    const token = form.get('token')
    if (token === undefined) throw new OAuthError('invalid_request', 'Token not provided.')
    const found = await describe(request, services, realm, client, { token, hint: form.get('token_type_hint') })
    const { claims } = found
    if (claims) Object.assign(details, { token_id: claims['jti'], token_issued_for: claims['azp'], token_type: claims['typ'] })
    if ('reason' in found) {
      details['reason'] = found.reason
      emit('INTROSPECT_TOKEN_ERROR', { error: found.error })
    } else emit('INTROSPECT_TOKEN', { userId: found.userId })
    return jsonResponse(200, 'reason' in found ? inactive : found.answer, { 'cache-control': 'no-cache' })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    details['detail'] = error.description
    emit('INTROSPECT_TOKEN_ERROR', { error: error.event })
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

/** What the caller is told, or why it is told no more than "not active", in the words of the audit event. */
type Finding =
  | { readonly answer: Claims; readonly claims: Claims; readonly userId: string }
  | { readonly error: string; readonly reason: string; readonly claims: Claims | undefined }

async function describe(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  caller: Client,
  { token, hint }: Question,
): Promise<Finding> {
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, typesOf(hint))
  if ('fault' in verified) return { error: 'invalid_token', reason: 'Access token JWT check failed', claims: undefined }
  const { claims } = verified
  const subject = await readSubject(services, realm, claims)
  if (subject.kind !== 'active') {
    const error = endedBy[subject.kind]
    return { error, reason: `Introspection access token for ${String(claims['azp'])} client: ${error}`, claims }
  }
  const { client, user } = subject
  if (hint === partyToken) return describePartyToken(caller, claims, user.id)
  const { facts, scopes } = factsOfToken({ realm, client, baseUrl: request.baseUrl }, subject, claims)
  const answer: Claims = {}
  for (const name of repeated) answer[name] = filledByMappers.has(name) ? undefined : claims[name]
  if (claims['aud_x'] !== undefined) answer['aud'] = [claims['aud'], claims['aud_x']].flat()
  tokenPlans(client).plan('introspection', scopes, false)(answer, facts)
  // A lightweight token does not name its audience: the mappers say it here.
  if (!mayAsk(caller, claims, answer['aud'])) {
    return { error: 'invalid_token', reason: `Client '${caller.clientId}' is not in the token audience`, claims }
  }
  const rest = { client_id: client.clientId, username: user.username, token_type: claims['typ'], active: true }
  return { answer: { ...answer, ...rest }, claims, userId: user.id }
}

const partyToken = 'requesting_party_token'

/** A requesting party token says what its bearer may do (UMA 2.0 Federated Authorization, section 5.1.1), and not who he is. */
function describePartyToken(caller: Client, claims: Claims, userId: string): Finding {
  const { permissions } = (claims['authorization'] ?? {}) as { permissions?: unknown }
  if (!Array.isArray(permissions) || !mayAsk(caller, claims, claims['aud'])) {
    return { error: 'invalid_token', reason: `Not a requesting party token for client '${caller.clientId}'`, claims }
  }
  const told = permissions.map((permission: { scopes?: unknown; rsid?: unknown }) => ({
    ...permission,
    resource_scopes: permission.scopes,
    resource_id: permission.rsid,
  }))
  const { exp, iat, jti, aud, typ, acr } = claims
  return { answer: { exp, iat, jti, aud, typ, acr, permissions: told, active: true }, claims, userId }
}

/** The audit event's word for the end of a token before its time. */
const endedBy = {
  'no-client': 'client_not_found',
  'client-disabled': 'client_disabled',
  'no-session': 'user_session_not_found',
  'no-user': 'user_not_found',
  'user-disabled': 'user_disabled',
  revoked: 'invalid_token',
  stale: 'invalid_token',
} as const satisfies Record<Exclude<Subject['kind'], 'active'>, string>

/** An access token is looked for unless the hint says otherwise; refresh tokens are found by their hint alone (reference behaviour). */
function typesOf(hint: string | undefined): readonly string[] {
  if (hint === undefined || hint === 'access_token' || hint === partyToken) return ['Bearer']
  if (hint === 'refresh_token') return ['Refresh', 'Offline']
  throw new OAuthError('invalid_request', 'Unsupported token type.', { event: 'invalid_request' })
}

/** The audience of an access token may ask about it; a refresh token is its own client's alone. */
function mayAsk(caller: Client, claims: Claims, audience: unknown): boolean {
  if (claims['typ'] !== 'Bearer') return claims['azp'] === caller.clientId
  return [audience].flat().includes(caller.clientId)
}
