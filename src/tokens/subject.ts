import type { Client, RealmSnapshot, ResolvedScopes, UserFacts } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import type { SessionOfToken, Sessions } from '../sessions/sessions.ts'
import { readClaimsRequest } from './claims-request.ts'
import { notBefore, tokenFacts } from './mint.ts'
import type { Claims, TokenFacts } from './protocol-mapper.ts'
import { permittedScopes, scopesOfToken } from './roles.ts'

/** Who a verified token is about, as of now: a logout, a disabled user or client ends it at once. */
export type Subject =
  | { readonly kind: 'active'; readonly client: Client; readonly user: UserFacts; readonly session: Session | undefined }
  | { readonly kind: 'user-disabled'; readonly user: UserFacts }
  | { readonly kind: 'no-client' | 'client-disabled' | 'no-session' | 'revoked' | 'no-user' | 'stale' }

export type TokenSessions = Pick<Sessions, 'findForToken' | 'isRevoked'>

/** Resolves client, session and user of one of our own tokens, in one read. */
export async function readSubject(
  { sessions }: { readonly sessions: TokenSessions },
  realm: RealmSnapshot,
  claims: Claims,
): Promise<Subject> {
  const client = await realm.client(String(claims['azp']))
  if (client === undefined) return { kind: 'no-client' }
  if (!client.enabled) return { kind: 'client-disabled' }
  const sid = claims['sid']
  const found = typeof sid === 'string' ? await findSession(sessions, realm, client, sid, claims) : undefined
  if (sid !== undefined && found === undefined) return { kind: 'no-session' }
  if (found ? found.revoked : await sessions.isRevoked(realm, String(claims['jti']))) return { kind: 'revoked' }
  const session = found?.session
  const user = found ? found.user : await realm.serviceAccount(client)
  if (user === undefined || (claims['sub'] !== undefined && claims['sub'] !== user.id && session === undefined)) return { kind: 'no-user' }
  if (!user.enabled) return { kind: 'user-disabled', user }
  if (Number(claims['iat']) < notBefore(realm, client, user)) return { kind: 'stale' }
  return { kind: 'active', client, user, session }
}

/** The token id of an access token says whether it holds little, so that it is to be asked about by introspection. */
export const isOfLightweight = (claims: Claims): boolean => /^..lt\w+:/.test(String(claims['jti']))

/** The token id of an access token begins with the kind of its session; refresh tokens say it by their type. */
export const isOfOfflineSession = (claims: Claims): boolean => claims['typ'] === 'Offline' || /^of\w+:/.test(String(claims['jti']))

function findSession(
  sessions: TokenSessions,
  realm: RealmSnapshot,
  client: Client,
  sessionId: string,
  claims: Claims,
): Promise<SessionOfToken | undefined> {
  return sessions.findForToken(realm, client, { sessionId, offline: isOfOfflineSession(claims), tokenId: String(claims['jti']) })
}

/** What mappers may look at when they speak about an existing token. */
export function factsOfToken(
  context: { readonly realm: RealmSnapshot; readonly client: Client; readonly baseUrl: string },
  { user, session }: { readonly user: UserFacts; readonly session: Session | undefined },
  claims: Claims,
): { facts: TokenFacts; scopes: ResolvedScopes } {
  // What the token says counts, not what was asked for: scopes that do not print in tokens are not there (reference behaviour).
  const asked = String(claims['scope'] ?? '')
  const scopes = permittedScopes(scopesOfToken(context.client, asked), user)
  const facts = tokenFacts(context, {
    grantCode: 'rt',
    user,
    scopes,
    session,
    refreshToken: false,
    acr: typeof claims['acr'] === 'string' ? claims['acr'] : '1',
    authTime: typeof claims['auth_time'] === 'number' ? claims['auth_time'] : undefined,
    claimsRequest: readClaimsRequest(session?.client.notes['claims']),
  })
  return { facts, scopes }
}
