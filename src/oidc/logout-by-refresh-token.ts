import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import type { Form } from '../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import { verifyJwt } from '../keys/verify.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { logoutSession } from '../sessions/logout.ts'
import { issuerOf } from '../tokens/issuer.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { authenticateClient, requireTokenClient } from './client-auth/authenticate.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { realmOf, requireHttps } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/**
 * The older logout: an application posts its refresh token and proves who it is. Ends the whole session, and an ended one once more
 * without a word (reference behaviour).
 */
export async function logoutByRefreshToken(request: HttpRequest, services: OidcServices, form: Form): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const event: { clientId?: string; userId?: string; sessionId?: string; details: Record<string, string> } = { details: {} }
  const about = { realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress }
  let cors = unknownClientOrigin(request)
  try {
    requireHttps(realm, request)
    const { client, method } = await authenticateClient(request, form, { ...services, realm, details: event.details }, (clientId) => {
      event.clientId = clientId
    })
    event.details['client_auth_method'] = method
    cors = {}
    requireTokenClient(client)
    cors = clientOrigin(request, client)
    const claims = readRefreshToken(request, realm, form.get('refresh_token') ?? '')
    if (claims['azp'] !== client.clientId) throw invalidToken("Invalid refresh token. Token client and authorized client don't match")
    const session = { id: String(claims['sid']), offline: claims['typ'] === 'Offline' }
    const alive = await services.sessions.find(realm, session.id, session.offline)
    const ended = alive && (await logoutSession(services, realm, session, request.baseUrl))
    if (ended) services.events.emit({ type: 'LOGOUT', ...about, ...event, userId: ended.userId, sessionId: session.id })
    return { status: 204, headers: { 'cache-control': 'no-cache', ...cors } }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const details = error.reason === undefined ? event.details : { reason: error.reason, ...event.details }
    services.events.emit({ type: 'LOGOUT_ERROR', ...about, ...event, error: error.event, details })
    return oauthErrorResponse(error, cors)
  }
}

const invalidToken = (description: string): OAuthError =>
  new OAuthError('invalid_grant', description, { event: 'invalid_token', reason: description })

/** One that has expired names a session just as well. */
function readRefreshToken({ baseUrl }: HttpRequest, realm: RealmSnapshot, token: string): Claims {
  const verified = verifyJwt(realm.derived(realmKeys), token)
  const type = verified?.claims['typ']
  if (verified === undefined || verified.claims['iss'] !== issuerOf(baseUrl, realm) || (type !== 'Refresh' && type !== 'Offline'))
    throw invalidToken('Invalid refresh token')
  return verified.claims
}
