import { OAuthError } from '../../http/errors.ts'
import { clientSessionEndMs } from '../../sessions/lifespans.ts'
import type { Session } from '../../sessions/session.ts'
import { type Granted, notBefore } from '../../tokens/mint.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import { verifyToken } from '../../tokens/verify.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { grantedScopes } from './scopes.ts'

const invalidGrant = (description: string): OAuthError =>
  new OAuthError('invalid_grant', description, { event: 'invalid_token', reason: description })

/** RFC 6749 section 6. The token is ours and names its session; the session decides. */
export const refreshToken: Grant = {
  type: 'refresh_token',
  event: 'REFRESH_TOKEN',
  async grant(request: TokenRequest): Promise<Granted> {
    const { realm, client, form, services, event } = request
    const token = form.get('refresh_token')
    if (token === undefined)
      throw new OAuthError('invalid_request', 'No refresh token', { event: 'invalid_token', reason: 'No refresh token' })
    const claims = readToken(request, token)
    event.details['refresh_token_id'] = String(claims['jti'])
    event.details['refresh_token_type'] = String(claims['typ'])
    event.details['refresh_token_sub'] = String(claims['sub'])
    event.sessionId = String(claims['sid'])
    if (claims['azp'] !== client.clientId) throw invalidGrant("Invalid refresh token. Token client and authorized client don't match")
    const session = await findSession(request, claims)
    const user = await services.users.facts(realm, session.userId)
    if (user === undefined) throw invalidGrant('Unknown user')
    event.userId = user.id
    if (!user.enabled) throw invalidGrant('User disabled')
    if (Number(claims['iat']) < notBefore(realm, client, user)) throw invalidGrant('Stale token')
    // The scopes of the first request stay granted; a `scope` of this request must name known ones, and cannot take any away that are default.
    const scopes = grantedScopes(client, form.get('scope') ?? originalScope(client, claims), user)
    await useToken(request, session, claims)
    const next = await services.sessions.refreshed(realm, client, session)
    return {
      grantCode: 'rt',
      user,
      scopes,
      session: next,
      refreshToken: client.attributes['use.refresh.tokens'] !== 'false',
      acr: '1',
      authTime: undefined,
    }
  },
}

function readToken({ realm, request, services }: TokenRequest, token: string): Claims {
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, ['Refresh', 'Offline'])
  if ('claims' in verified) return verified.claims
  switch (verified.fault) {
    case 'expired':
    case 'not yet valid':
      throw invalidGrant('Token is not active')
    case 'older than not-before':
      throw invalidGrant('Stale token')
    default:
      throw invalidGrant('Invalid refresh token')
  }
}

async function findSession({ realm, client, services }: TokenRequest, claims: Claims): Promise<Session> {
  const offline = claims['typ'] === 'Offline'
  const id = String(claims['sid'])
  const session = await services.sessions.findForClient(realm, client, id, offline)
  if (session === undefined) {
    const alive = await services.sessions.find(realm, id, offline)
    if (alive !== undefined) throw invalidGrant("Session doesn't have required client")
    throw invalidGrant(offline ? 'Offline user session not found' : 'Session not active')
  }
  if (clientSessionEndMs(realm, client, session) <= services.clock.now()) throw invalidGrant('Session not active')
  return session
}

/** Default scopes come by themselves; of the others only those that the client may still have are asked for again. */
function originalScope(client: TokenRequest['client'], claims: Claims): string | undefined {
  const known = new Set(['openid', ...client.optionalScopes.map((scope) => scope.name)])
  const names = String(claims['scope'] ?? '').split(' ')
  return names.filter((name) => known.has(name)).join(' ') || undefined
}

async function useToken({ realm, client, services }: TokenRequest, session: Session, claims: Claims): Promise<void> {
  if (!realm.settings.revokeRefreshToken) return
  const use = await services.sessions.useRefreshToken(realm, client, session, {
    id: String(claims['jti']),
    issuedAtMs: Number(claims['iat']) * 1_000,
  })
  if (use === 'stale') throw invalidGrant('Stale token')
  if (use === 'reused') throw invalidGrant('Maximum allowed refresh token reuse exceeded')
}
