import { noStore, oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import { signJwt } from '../keys/sign.ts'
import { signingKey } from '../keys/signing-key.ts'
import type { Client, RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { tokenPlans } from '../tokens/plan.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { factsOfToken, isOfLightweight, readSubject } from '../tokens/subject.ts'
import { type TokenFault, type VerifiedToken, verifyToken } from '../tokens/verify.ts'
import type { EventDraft } from './grants/grant.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** The userinfo endpoint (OpenID Connect Core section 5.3), GET and POST. Errors are told in WWW-Authenticate; their body is empty. */
const shared = {
  path: '/realms/:realm/protocol/openid-connect/userinfo',
  family: 'oauth',
  preflight: 'GET, HEAD, OPTIONS',
  handle: userinfo,
} as const

export const userinfoRoutes: readonly Route<OidcServices>[] = [
  { ...shared, method: 'GET', summary: 'Userinfo' },
  { ...shared, method: 'POST', summary: 'Userinfo, the token in the header or the form' },
]

/** Of errors: scripts read what is wrong in the challenge. */
const exposed = 'Access-Control-Allow-Methods, WWW-Authenticate'

/** What is wrong with the bearer token (RFC 6750 section 3.1). Without a description the request had none, and gets no code. */
const bearerError = (
  code: 'invalid_request' | 'invalid_token' | 'insufficient_scope',
  description?: string,
  event: string = code,
  reason = description ?? 'Missing token',
): OAuthError =>
  new OAuthError(code, description, {
    status: code === 'invalid_request' ? 400 : code === 'invalid_token' ? 401 : 403,
    event,
    reason,
  })

/** The client is told no more; what is wrong is for the operator. */
const notVerified = (reason = 'Token verification failed', event?: string): OAuthError =>
  bearerError('invalid_token', 'Token verification failed', event, reason)

const faultReason = ({ fault, rejected }: Extract<VerifiedToken, { fault: TokenFault }>): string | undefined => {
  switch (fault) {
    case 'expired':
    case 'not yet valid':
      return 'Token is not active'
    case 'older than not-before':
      return 'Stale token'
    case 'wrong type':
      return `Token type is incorrect. Expected '[Bearer, DPoP]' but was '${String(rejected?.['typ'])}'`
    default:
      return undefined
  }
}

const toldInHeader: ReadonlySet<string> = new Set(['invalid_request', 'invalid_token', 'insufficient_scope'])

async function userinfo(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  let cors = unknownClientOrigin(request, exposed)
  const event: EventDraft = {
    clientId: undefined,
    userId: undefined,
    sessionId: undefined,
    details: { auth_method: 'validate_access_token' },
  }
  const about = { realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress }
  try {
    requireUsable(realm, request)
    const token = bearerToken(request)
    const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, ['Bearer'])
    if ('fault' in verified) throw notVerified(faultReason(verified))
    const { claims } = verified
    event.clientId = String(claims['azp'])
    if (
      !String(claims['scope'] ?? '')
        .split(' ')
        .includes('openid')
    )
      throw bearerError('insufficient_scope', 'Missing openid scope', 'access_denied')
    const { client, user, session } = await subjectOf(services, realm, claims, event)
    cors = clientOrigin(request, client)
    if (isOfLightweight(claims)) throw bearerError('invalid_token', 'Lightweight access token not allowed for userinfo endpoint')
    const body = userinfoClaims(request, realm, client, user, session, claims)
    const algorithm = signatureAlgorithm(client)
    event.details['signature_required'] = String(algorithm !== undefined)
    services.events.emit({ type: 'USER_INFO_REQUEST', ...about, ...event })
    const headers = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache', ...cors }
    if (algorithm === undefined) return jsonResponse(200, body, headers)
    const signed = { ...body, iss: issuerOf(request.baseUrl, realm), aud: client.clientId }
    const jwt = await signJwt(signingKey(realm, algorithm), signed)
    return { status: 200, headers: { 'content-type': 'application/jwt', ...headers }, body: jwt }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const details = { ...event.details, reason: error.reason }
    services.events.emit({ type: 'USER_INFO_REQUEST_ERROR', ...about, ...event, error: error.event, details })
    if (!toldInHeader.has(error.code)) return oauthErrorResponse(error)
    return { status: error.status, headers: { ...noStore, ...cors, 'www-authenticate': challenge(realm, error) } }
  }
}

/** A client may want the answer as a JWT (OpenID Connect Registration, userinfo_signed_response_alg). */
function signatureAlgorithm({ attributes }: Client): string | undefined {
  const algorithm = attributes['user.info.response.signature.alg']
  return algorithm === undefined || algorithm === '' || algorithm === 'none' ? undefined : algorithm
}

function challenge(realm: RealmSnapshot, { code, description }: OAuthError): string {
  const start = `Bearer realm="${realm.name}"`
  return description === undefined ? start : `${start}, error="${code}", error_description="${description}"`
}

/** The token of the header or the form. A token in the query is ignored: URLs end up in logs (RFC 6750 section 2.3). */
function bearerToken(request: HttpRequest): string {
  const inHeader = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  const inForms = request.method === 'POST' ? readForm(request).all('access_token') : []
  if (inForms.length > 1) throw bearerError('invalid_request', 'Duplicate parameter')
  const [inForm] = inForms
  if (inHeader !== undefined && inForm !== undefined)
    throw bearerError('invalid_request', 'More than one method used for including an access token')
  const token = inHeader ?? inForm
  if (token === undefined) throw bearerError('invalid_token')
  return token
}

async function subjectOf(
  services: OidcServices,
  realm: RealmSnapshot,
  claims: Claims,
  event: EventDraft,
): Promise<{ client: Client; user: UserFacts; session: Session | undefined }> {
  const subject = await readSubject(services, realm, claims)
  const sid = typeof claims['sid'] === 'string' ? claims['sid'] : undefined
  if (subject.kind === 'no-session') event.sessionId = sid
  if (subject.kind === 'active' || subject.kind === 'user-disabled') {
    Object.assign(event, { userId: subject.user.id, sessionId: sid })
    event.details['username'] = subject.user.username
  }
  switch (subject.kind) {
    case 'active':
      return subject
    case 'no-client':
      throw notVerified(undefined, 'client_not_found')
    case 'client-disabled':
      throw bearerError('invalid_token', 'Client disabled', 'client_disabled')
    case 'no-session':
      throw bearerError('invalid_token', 'user_session_not_found', 'user_session_not_found')
    // The reference has other texts for the user of a transient session.
    case 'no-user':
      throw bearerError('invalid_token', sid === undefined ? 'user_not_found' : 'User not found', 'user_not_found')
    case 'user-disabled':
      throw bearerError('invalid_token', sid === undefined ? 'user_disabled' : 'User disabled', 'user_disabled')
    case 'revoked':
      throw notVerified()
    case 'stale':
      throw notVerified('Stale token')
  }
}

function userinfoClaims(
  request: HttpRequest,
  realm: RealmSnapshot,
  client: Client,
  user: UserFacts,
  session: Session | undefined,
  token: Claims,
): Claims {
  const { facts, scopes } = factsOfToken({ realm, client, baseUrl: request.baseUrl }, { user, session }, token)
  const claims: Claims = { sub: user.id }
  tokenPlans(client).plan('userinfo', scopes, false)(claims, facts)
  return claims
}
