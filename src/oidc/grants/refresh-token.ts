import { nowSeconds } from '../../clock.ts'
import { OAuthError } from '../../http/errors.ts'
import { acrNote } from '../../login/acr.ts'
import type { Client, ResolvedScopes, UserFacts } from '../../realm/model.ts'
import { clientSessionEndMs } from '../../sessions/lifespans.ts'
import type { Session } from '../../sessions/session.ts'
import type { SessionOfToken } from '../../sessions/sessions.ts'
import { readClaimsRequest } from '../../tokens/claims-request.ts'
import { type Granted, notBefore } from '../../tokens/mint.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import { permittedScopes, scopeNamesOf, scopesOfToken } from '../../tokens/roles.ts'
import { verifyToken } from '../../tokens/verify.ts'
import { authTimeOf } from '../login-protocol.ts'
import { requireConsent } from './consent.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { hasOfflineAccess } from './offline.ts'
import { askedScopes, requestedScopes } from './scopes.ts'

const invalidGrant = (description: string): OAuthError =>
  new OAuthError('invalid_grant', description, { event: 'invalid_token', reason: description })

/** RFC 6749 section 6. The token is ours and names its session; the session decides. */
export const refreshToken: Grant = {
  type: 'refresh_token',
  event: 'REFRESH_TOKEN',
  async grant(request: TokenRequest): Promise<Granted> {
    const { realm, client, form, services, event } = request
    const token = form.get('refresh_token')
    if (token === undefined) throw new OAuthError('invalid_request', 'No refresh token', { audited: false })
    const claims = readToken(request, token)
    if (claims['azp'] !== client.clientId) throw invalidGrant("Invalid refresh token. Token client and authorized client don't match")
    event.details['refresh_token_id'] = String(claims['jti'])
    event.details['refresh_token_type'] = String(claims['typ'])
    if (claims['sub'] !== undefined) event.details['refresh_token_sub'] = String(claims['sub'])
    event.sessionId = String(claims['sid'])
    const { session, user } = await findSession(request, claims)
    event.userId = user.id
    if (!user.enabled) throw invalidGrant('User disabled')
    if (Number(claims['iat']) < notBefore(realm, client, user)) throw invalidGrant('Stale token')
    const original = requestedScopes(client, originalScope(client, claims))
    const keptScopes = permittedScopes(original, user)
    if (leftOrganization(original, keptScopes)) throw invalidGrant('Invalid organization')
    if (session.offline && !hasOfflineAccess(keptScopes))
      throw invalidGrant('Offline session invalid because offline access not granted anymore')
    const scopes = narrowed(client, form.get('scope'), keptScopes, user)
    await requireConsent(services, client, user.id, keptScopes, 'invalid_token')
    await useToken(request, session, claims)
    event.details['age_of_refresh_token'] = String(nowSeconds(services.clock) - Number(claims['iat']))
    const next = await services.sessions.refreshed(realm, client, session)
    return {
      grantCode: 'rt',
      user,
      scopes,
      keptScopes,
      refreshScope: String(claims['scope'] ?? ''),
      session: next,
      refreshToken: client.attributes['use.refresh.tokens'] !== 'false',
      acr: session.client.notes[acrNote] ?? '1',
      authTime: authTimeOf(session.notes),
      claimsRequest: readClaimsRequest(session.client.notes['claims']),
      authorization: claims['authorization'],
    }
  },
}

/**
 * What this request has of the scopes that stay granted. It must name known ones, and cannot take any away that are default; what it
 * names beyond those granted is passed over (reference behaviour).
 */
function narrowed(client: Client, asked: string | undefined, kept: ResolvedScopes, user: UserFacts): ResolvedScopes {
  if (asked === undefined) return kept
  askedScopes(client, asked)
  const granted = new Set([...(kept.openid ? ['openid'] : []), ...scopeNamesOf(kept)])
  const names = asked.split(' ').flatMap((name) => narrowedName(kept, granted, name))
  return permittedScopes(scopesOfToken(client, names.join(' ')), user)
}

/**
 * A name that may still be asked for, else nothing. Of all organizations single ones may be; any of those that were named stands for them
 * (reference behaviour).
 */
function narrowedName({ organizations, scopes }: ResolvedScopes, granted: ReadonlySet<string>, name: string): readonly string[] {
  if (granted.has(name)) return [name]
  const scope = organizations && scopes.find(({ id }) => id === organizations.scopeId)
  if (scope === undefined) return []
  if (organizations?.kind === 'all') return name.startsWith(`${scope.name}:`) ? [name] : []
  return organizations?.kind === 'some' && name === scope.name ? organizations.names : []
}

/** The token is for an organization that the user is no member of any more. */
const leftOrganization = (original: ResolvedScopes, kept: ResolvedScopes): boolean =>
  original.organizations?.kind === 'some' && kept.organizations?.aliases.length !== original.organizations.aliases.length

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

async function findSession({ realm, client, services }: TokenRequest, claims: Claims): Promise<SessionOfToken> {
  const offline = claims['typ'] === 'Offline'
  const id = String(claims['sid'])
  const found = await services.sessions.findForToken(realm, client, { sessionId: id, offline })
  if (found === undefined) {
    const alive = await services.sessions.find(realm, id, offline)
    if (alive !== undefined) throw invalidGrant("Session doesn't have required client")
    throw invalidGrant(offline ? 'Offline user session not found' : 'Session not active')
  }
  if (clientSessionEndMs(realm, client, found.session) <= services.clock.now()) throw invalidGrant('Session not active')
  return found
}

/** Default scopes come by themselves; of the others only those that the client may still have are asked for again. */
function originalScope(client: TokenRequest['client'], claims: Claims): string | undefined {
  const known = new Set(['openid', ...client.optionalScopes.map((scope) => scope.name)])
  const names = String(claims['scope'] ?? '').split(' ')
  const organizations = [...client.defaultScopes, ...client.optionalScopes]
    .filter((scope) => scope.organizations)
    .map(({ name }) => `${name}:`)
  const mayAsk = (name: string): boolean => known.has(name) || organizations.some((prefix) => name.startsWith(prefix))
  return names.filter(mayAsk).join(' ') || undefined
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
