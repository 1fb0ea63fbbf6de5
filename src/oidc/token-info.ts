import { nowSeconds } from '../clock.ts'
import { noStore, oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm, readQuery } from '../http/parameters.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Client, UserFacts } from '../realm/model.ts'
import { userPermissions } from '../storage/user-permissions.ts'
import { bearerIn } from '../tokens/bearer-subject.ts'
import { subjectForClient } from '../tokens/mappers/sha256-pairwise-sub.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { readSubject, type Subject } from '../tokens/subject.ts'
import { type TokenFault, verifyToken } from '../tokens/verify.ts'
import { permissionsWithin, type UserPermission } from '../users/permissions.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import type { OidcServices } from './services.ts'

const methods = ['GET', 'POST'] as const satisfies readonly HttpMethod[]

/**
 * Token information: whoever holds an access token is told whose it is, for how long and what it may do. Not of OAuth and not the
 * reference's: errors are those of the token endpoint (RFC 6749 section 5.2). The token may stand in the query, which proxies log;
 * nothing here repeats it, into no log, event or answer.
 */
export const tokenInfoRoutes: readonly Route<OidcServices>[] = methods.map((method) => ({
  method,
  path: '/realms/:realm/protocol/openid-connect/tokeninfo',
  family: 'oauth',
  summary: 'Token information: whose an access token is, and the permissions within its scopes',
  preflight: 'GET, POST, OPTIONS',
  handle: tokenInfo,
}))

async function tokenInfo(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const about = { realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress }
  const details: Record<string, string | undefined> = {}
  let clientId: string | undefined
  let cors = unknownClientOrigin(request)
  try {
    requireUsable(realm, request)
    const { token, detailed, withPermissions } = readQuestion(request)
    const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, ['Bearer'])
    if ('fault' in verified) throw invalidToken(verified.fault === 'expired' ? notActive : notVerified, verified.fault)
    const { claims } = verified
    clientId = String(claims['azp'])
    Object.assign(details, { token_id: claims['jti'], token_issued_for: clientId, token_type: claims['typ'] })
    const subject = await readSubject(services, realm, claims)
    if (subject.kind !== 'active') throw invalidToken(ended[subject.kind], subject.kind)
    const { client, user } = subject
    cors = clientOrigin(request, client)
    const scopes = String(claims['scope'] ?? '').split(' ')
    const answer: Claims = {
      user_name: user.username,
      scope: String(claims['scope'] ?? ''),
      expires_in: String(Number(claims['exp']) - nowSeconds(services.clock)),
      client_id: client.clientId,
      person_id: subjectForClient(client, user.id),
      ...(detailed ? detailsOf(client, user, scopes) : {}),
      ...(withPermissions ? { permissions: permissionsWithin(await permissionsOf(services, user), scopes) } : {}),
    }
    services.events.emit({ type: 'INTROSPECT_TOKEN', ...about, clientId, userId: user.id, details })
    return jsonResponse(200, answer, { ...noStore, ...cors })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    services.events.emit({
      type: 'INTROSPECT_TOKEN_ERROR',
      ...about,
      clientId,
      error: error.event,
      details: { ...details, reason: error.reason ?? error.description },
    })
    return oauthErrorResponse(error, cors)
  }
}

interface Question {
  readonly token: string
  readonly detailed: boolean
  readonly withPermissions: boolean
}

/** The parameters of the query, and of the form that is posted; the token may stand in the header instead. */
function readQuestion(request: HttpRequest): Question {
  const forms = [readQuery(request), ...(request.method === 'POST' ? [readForm(request)] : [])]
  const values = (name: string): string[] => forms.flatMap((form) => form.all(name))
  if (forms.some(({ repeated }) => repeated !== undefined)) throw new OAuthError('invalid_request', 'duplicated parameter')
  const tokens = [bearerIn(request), ...values('access_token')].filter((token) => token !== undefined && token !== '')
  const [token] = tokens
  if (token === undefined) throw new OAuthError('invalid_request', 'Missing parameter: access_token')
  if (tokens.length > 1) throw new OAuthError('invalid_request', 'More than one method used for including an access token')
  const flag = (name: string): boolean => values(name).some((value) => set.has(value.toLowerCase()))
  return { token, detailed: flag('detailed'), withPermissions: flag('include_permissions') }
}

/** Values of a flag that is set; `?detailed` sets it as well. */
const set: ReadonlySet<string> = new Set(['', 'true', '1'])

const notActive = 'Token is not active'
const notVerified = 'Token verification failed'

const invalidToken = (description: string, reason: TokenFault | Subject['kind']): OAuthError =>
  new OAuthError('invalid_token', description, { reason })

/** What the holder of a token that has ended before its time is told: the texts of userinfo. */
const ended = {
  'no-client': notVerified,
  'client-disabled': 'Client disabled',
  'no-session': 'user_session_not_found',
  'no-user': 'User not found',
  'user-disabled': 'User disabled',
  revoked: notVerified,
  stale: notVerified,
} as const satisfies Record<Exclude<Subject['kind'], 'active'>, string>

/** Where a person is asked what an application may know, the application is told no more than its scopes say. */
function detailsOf(client: Client, user: UserFacts, scopes: readonly string[]): Claims {
  const mayKnow = (scope: string): boolean => !client.doc.consentRequired || scopes.includes(scope) || scopes.includes('all')
  const { firstName, lastName } = user
  const name = [firstName, lastName].filter((part) => part !== undefined && part !== '').join(' ')
  const names = { name: name === '' ? user.username : name, first_name: firstName ?? '', last_name: lastName ?? '' }
  return {
    user_id: subjectForClient(client, user.id),
    ...(mayKnow('profile') ? names : {}),
    ...(mayKnow('email') ? { email: user.email ?? '' } : {}),
  }
}

async function permissionsOf({ database }: OidcServices, user: UserFacts): Promise<UserPermission[]> {
  const row = await userPermissions(database).find(user.id)
  return row === undefined ? [] : (JSON.parse(row.doc) as UserPermission[])
}
