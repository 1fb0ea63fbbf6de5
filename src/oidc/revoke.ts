import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { isOfOfflineSession } from '../tokens/subject.ts'
import { typeOf, verifyAnytime } from '../tokens/verify.ts'
import { authenticateClient, requireTokenClient } from './client-auth/authenticate.ts'
import type { EventDraft } from './grants/grant.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/**
 * Token revocation (RFC 7009). A refresh token takes the client's part of the session along, and the session with its last part; an
 * access token goes alone. The hint is not needed and not looked at.
 */
export const revokeRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/realms/:realm/protocol/openid-connect/revoke',
  family: 'oauth',
  summary: 'Token revocation',
  preflight: 'POST, OPTIONS',
  handle: revoke,
}

async function revoke(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const event: EventDraft = { clientId: undefined, userId: undefined, sessionId: undefined, details: {} }
  const about = { realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress }
  let cors = unknownClientOrigin(request)
  try {
    requireUsable(realm, request)
    const form = readForm(request)
    const { client, method } = await authenticateClient(request, form, { ...services, realm, details: event.details }, (clientId) => {
      event.clientId = clientId
    })
    event.details['client_auth_method'] = method
    cors = {}
    requireTokenClient(client)
    cors = clientOrigin(request, client)
    if (form.repeated !== undefined) throw new OAuthError('invalid_request', 'duplicated parameter', { event: 'invalid_request' })
    const token = form.get('token')
    if (token === undefined) throw new OAuthError('invalid_request', 'Token not provided', { reason: 'Token not provided' })
    await takeBack(request, services, realm, client, token, event)
    services.events.emit({ type: 'REVOKE_GRANT', ...about, ...event })
    return { status: 200, headers: cors }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const details = error.reason === undefined ? event.details : { reason: error.reason, ...event.details }
    services.events.emit({ type: 'REVOKE_GRANT_ERROR', ...about, clientId: event.clientId, error: error.event, details })
    return oauthErrorResponse(error, cors)
  }
}

/** A token that is void already is told as an error with status 200: there is nothing left to do (reference behaviour). */
const alreadyVoid = (event: 'invalid_token' | 'user_session_not_found'): OAuthError =>
  new OAuthError('invalid_token', 'Invalid token', { status: 200, event })

async function takeBack(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  client: Client,
  token: string,
  event: EventDraft,
): Promise<void> {
  const claims = readRevocable({ realm, baseUrl: request.baseUrl, clock: services.clock }, token)
  if (claims['azp'] !== client.clientId) {
    const reason = 'Unmatching clients'
    throw new OAuthError('invalid_request', reason, { reason })
  }
  const { sid, sub, jti, typ, exp } = claims
  const offline = isOfOfflineSession(claims)
  const session = typeof sid === 'string' ? await services.sessions.findForClient(realm, client, sid, offline) : undefined
  if (sid !== undefined && session === undefined) throw alreadyVoid('user_session_not_found')
  event.userId = session?.userId ?? (typeof sub === 'string' ? sub : undefined)
  if (typeOf(claims) === 'Bearer') {
    event.details['token_id'] = String(jti)
    // Without an end the token lives as long as its session, which its own revocation must outlive.
    const expiresAtMs = Number(exp) * 1_000 || Number.MAX_SAFE_INTEGER
    if (expiresAtMs > services.clock.now()) await services.sessions.revokeToken(realm, { id: String(jti), expiresAtMs })
    return
  }
  if (session === undefined) throw alreadyVoid('user_session_not_found')
  event.sessionId = session.id
  Object.assign(event.details, { refresh_token_type: String(typ), revoked_client: client.clientId, refresh_token_id: String(jti) })
  await services.sessions.removeClient(realm, client, session.id, offline)
}

const revocable = ['Bearer', 'Refresh', 'Offline']

function readRevocable(context: Parameters<typeof verifyAnytime>[0], token: string): Claims {
  const verified = verifyAnytime(context, token, revocable)
  if ('claims' in verified) return verified.claims
  if (verified.fault !== 'wrong type') throw alreadyVoid('invalid_token')
  const reason = 'Unsupported token type'
  throw new OAuthError('unsupported_token_type', reason, { event: 'invalid_token_type', reason })
}
