import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import { signJwt } from '../keys/sign.ts'
import { signingKey } from '../keys/signing-key.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { refreshTokenState } from '../sessions/rotation.ts'
import type { Session } from '../sessions/session.ts'
import { tokenPlans } from '../tokens/plan.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { factsOfToken, readSubject, type Subject } from '../tokens/subject.ts'
import { type TokenFault, type VerifiedToken, verifyToken } from '../tokens/verify.ts'
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
  const emit = (type: 'INTROSPECT_TOKEN' | 'INTROSPECT_TOKEN_ERROR', more: { error?: string } & About = {}): void =>
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
    const hint = form.get('token_type_hint')
    details['token_type'] = hint
    const types = typesOf(hint)
    details['token_type'] = undefined
    const found = await describe(request, services, realm, client, { token, hint, types })
    const { claims, userId, sessionId } = found
    if (claims) Object.assign(details, { token_id: claims['jti'], token_issued_for: claims['azp'], token_type: claims['typ'] })
    if ('reason' in found) {
      details['reason'] = found.reason
      emit('INTROSPECT_TOKEN_ERROR', { error: found.error, userId, sessionId })
    } else emit('INTROSPECT_TOKEN', { userId, sessionId })
    const answer = 'reason' in found ? inactive : await withJwt(request, realm, client, found)
    return jsonResponse(200, answer, { 'cache-control': 'no-cache' })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    details['detail'] = error.description
    emit('INTROSPECT_TOKEN_ERROR', { error: error.event })
    return oauthErrorResponse(error)
  }
}

/** This endpoint has another text for a wrong secret than the token endpoint. */
function sayLess(error: unknown): never {
  if (error instanceof OAuthError && error.code === 'unauthorized_client' && error.status === 401)
    throw new OAuthError('invalid_client', 'Client authentication failed.', { status: 401, event: 'invalid_client_credentials' })
  throw error
}

interface Question {
  readonly token: string
  readonly hint: string | undefined
  readonly types: readonly string[]
}

/** Whose token it is, as far as the audit event tells it. */
interface About {
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
}

interface Described extends About {
  readonly answer: Claims
  /** The answer's members that are claims: what a token with all of them would say. */
  readonly token: Claims
  readonly claims: Claims
}

/** What the caller is told, or why it is told no more than "not active", in the words of the audit event. */
type Finding = Described | ({ readonly error: string; readonly reason: string; readonly claims: Claims | undefined } & About)

async function describe(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  caller: Client,
  { token, hint, types }: Question,
): Promise<Finding> {
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, types)
  if ('fault' in verified) return notOurs(verified)
  const { claims } = verified
  const subject = await readSubject(services, realm, claims)
  if (subject.kind !== 'active') return ended(subject, claims)
  const { client, user, session } = subject
  const about = { userId: user.id, sessionId: session?.id }
  if (session && isUsedUp(realm, session, claims)) return checkFailed(claims)
  if (hint === partyToken) return describePartyToken(caller, claims, about)
  const { facts, scopes } = factsOfToken({ realm, client, baseUrl: request.baseUrl }, subject, claims)
  const answer: Claims = {}
  for (const name of repeated) answer[name] = filledByMappers.has(name) ? undefined : claims[name]
  if (claims['aud_x'] !== undefined) answer['aud'] = [claims['aud'], claims['aud_x']].flat()
  tokenPlans(client).plan('introspection', scopes, false)(answer, facts)
  // Of a token that names no audience, as lightweight ones do, the mappers say it here; another one's they only add to the answer.
  if (!mayAsk(caller, claims, claims['aud'] ?? answer['aud'])) {
    return { error: 'invalid_token', reason: `Client '${caller.clientId}' is not in the token audience`, claims, ...about }
  }
  const rest = { client_id: client.clientId, username: user.username, token_type: claims['typ'], active: true }
  return { answer: { ...answer, ...rest }, token: answer, claims, ...about }
}

/**
 * A caller that is set up for it, and accepts a JWT and nothing else, gets the whole token beside the answer: signed, like its own access
 * tokens, for who verifies offline what a lightweight one does not say.
 */
async function withJwt(
  { headers }: HttpRequest,
  realm: RealmSnapshot,
  { attributes }: Client,
  { answer, token }: Described,
): Promise<Claims> {
  if (attributes['client.introspection.response.allow.jwt.claim.enabled'] !== 'true' || headers.accept !== 'application/jwt') return answer
  return { ...answer, jwt: await signJwt(signingKey(realm, attributes['access.token.signed.response.alg']), token, 'JWT') }
}

const nameOf = (claims: Claims): string => `Introspection access token for ${String(claims['azp'])} client`

const checkFailed = (claims: Claims): Finding => ({ error: 'invalid_token', reason: `${nameOf(claims)}: JWT check failed`, claims })

const sessionOf = ({ sid }: Claims): string | undefined => (typeof sid === 'string' ? sid : undefined)

function notOurs({ fault, rejected: claims }: Extract<VerifiedToken, { fault: TokenFault }>): Finding {
  if (claims === undefined) return { error: 'invalid_token', reason: 'Access token JWT check failed', claims }
  if (fault !== 'wrong type') return checkFailed(claims)
  const error = 'invalid_token_type'
  return { error, reason: `${nameOf(claims)}: ${error}`, claims, sessionId: sessionOf(claims) }
}

function ended(subject: Exclude<Subject, { kind: 'active' }>, claims: Claims): Finding {
  if (subject.kind === 'revoked' || subject.kind === 'stale') return checkFailed(claims)
  const error = endedBy[subject.kind]
  const sessionId = sessionOf(claims)
  const plain: Finding = { error, reason: `${nameOf(claims)}: ${error}`, claims }
  if (subject.kind === 'client-disabled') return { ...plain, reason: `Client with clientId ${String(claims['azp'])} is disabled` }
  if (subject.kind === 'no-session') return { ...plain, sessionId }
  if (subject.kind !== 'user-disabled' || sessionId === undefined) return plain
  return { ...plain, reason: `Could not find valid user from user session ${sessionId}`, sessionId, userId: subject.user.id }
}

/** A refresh token that a refresh would refuse, since the realm rotates them. */
const isUsedUp = (realm: RealmSnapshot, { client }: Session, claims: Claims): boolean =>
  isRefreshToken(claims) &&
  realm.settings.revokeRefreshToken === true &&
  refreshTokenState(realm, client, { id: String(claims['jti']), issuedAtMs: Number(claims['iat']) * 1_000 }) !== 'usable'

const isRefreshToken = ({ typ }: Claims): boolean => typ === 'Refresh' || typ === 'Offline'

const partyToken = 'requesting_party_token'

/** A requesting party token says what its bearer may do (UMA 2.0 Federated Authorization, section 5.1.1), and not who he is. */
function describePartyToken(caller: Client, claims: Claims, about: About): Finding {
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
  const token = { exp, iat, jti, aud, typ, acr, permissions: told }
  return { answer: { ...token, active: true }, token, claims, ...about }
}

/** The audit event's word for the end of a token before its time. */
const endedBy = {
  'no-client': 'client_not_found',
  'client-disabled': 'client_disabled',
  'no-session': 'user_session_not_found',
  'no-user': 'user_not_found',
  'user-disabled': 'user_disabled',
} as const satisfies Record<Exclude<Subject['kind'], 'active' | 'revoked' | 'stale'>, string>

/** An access token is looked for unless the hint says otherwise; refresh tokens are found by their hint alone (reference behaviour). */
function typesOf(hint: string | undefined): readonly string[] {
  if (hint === undefined || hint === 'access_token' || hint === partyToken) return ['Bearer']
  if (hint === 'refresh_token') return ['Refresh', 'Offline']
  throw new OAuthError('invalid_request', 'Unsupported token type.', { event: 'invalid_request' })
}

/** The audience of an access token may ask about it; a refresh token is its own client's alone. */
function mayAsk(caller: Client, claims: Claims, audience: unknown): boolean {
  if (isRefreshToken(claims)) return claims['azp'] === caller.clientId
  return [audience].flat().includes(caller.clientId)
}
