import type { Decision, WantedPermission } from '../../authorization/decide.ts'
import { evaluate, grantedPermissions, type Permission } from '../../authorization/evaluate.ts'
import { contextOf, type Identity, identityOf } from '../../authorization/identity.ts'
import { findResourceServer, type ResourceServer } from '../../authorization/resource-server.ts'
import { allPermissions, requestedPermissions } from '../../authorization/wanted-permissions.ts'
import { AdminError, OAuthError } from '../../http/errors.ts'
import type { Client } from '../../realm/model.ts'
import { permissionTickets } from '../../storage/permission-tickets.ts'
import { type BearerSubject, bearerIn, readBearer } from '../../tokens/bearer-subject.ts'
import { accessTokenClaims, type Granted } from '../../tokens/mint.ts'
import { permittedScopes, scopesOfToken } from '../../tokens/roles.ts'
import { authTimeOf } from '../login-protocol.ts'
import { clientCredentials } from './client-credentials.ts'
import type { Answered, Grant, TokenRequest } from './grant.ts'
import { readUmaRequest, type UmaRequest } from './uma-request.ts'

const refused = (code: string, description: string, status: 400 | 403 = 400, event = 'invalid_request'): OAuthError =>
  new OAuthError(code, description, { status, event, reason: description })

/** UMA 2.0 Grant section 3.3.1: a token that says what its bearer may do at a resource server. */
export const umaTicket: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
  event: 'PERMISSION_TOKEN',
  repeatable: true,
  /** Who has a token asks by it: the client that it was issued to needs no proof. */
  async bearer({ realm, request, services, event }) {
    const token = bearerIn(request)
    if (token === undefined) return undefined
    event.details['auth_method'] = 'oauth_credentials'
    const subject = await readBearer(services, realm, request, token)
    if (subject === undefined) throw refused('invalid_grant', 'Invalid bearer token', 400, 'invalid_token')
    event.clientId = subject.client.clientId
    return subject
  },
  async grant(request: TokenRequest): Promise<Granted | Answered> {
    const { realm, services, event, form } = request
    event.details['auth_method'] = 'oauth_credentials'
    event.details['audience'] = form.get('audience')
    if (form.get('permission') !== undefined) event.details['permission'] = form.all('permission').join('|')
    const subject = await subjectOf(request)
    const uma = readUmaRequest(request)
    const identity = identityOf(subject.user, subject.client.clientId, subject.claims)
    event.userId = identity.user.id
    const { client, server } = await serverOf(request, uma.audience)
    const sql = services.database
    const wanted = await wantedPermissions(request, server, identity, uma)
    const origin = { realmName: realm.name, ipAddress: request.request.remoteAddress, userAgent: request.request.headers['user-agent'] }
    const decisions = await evaluate(
      { sql, realmId: realm.id, server, now: new Date(services.clock.now()) },
      identity,
      contextOf(identity, origin, uma.claims),
      wanted,
    )
    const permissions = await grantedPermissions(sql, server, decisions, { resourceNames: uma.resourceNames, claims: uma.claims })
    if (uma.ticket && uma.submitRequest) await submit(request, server, identity, decisions)
    if (!isGranted(uma, decisions)) {
      throw refused('access_denied', uma.ticket && uma.submitRequest ? 'request_submitted' : 'not_authorized', 403, 'access_denied')
    }
    switch (uma.responseMode) {
      case undefined:
        return tokenFor(subject, client, uma, permissions)
      case 'decision':
        return { answer: { result: true }, user: subject.user }
      case 'permissions':
        return { answer: permissions, user: subject.user }
      default:
        throw refused('invalid_request', 'Invalid response_mode')
    }
  },
}

/** Who asks: the token in the header or the form, or else the client by itself. */
async function subjectOf(request: TokenRequest): Promise<BearerSubject> {
  const { realm, client, form, services } = request
  if (request.bearer !== undefined) return request.bearer
  const claimToken = form.get('claim_token')
  const format = form.get('claim_token_format') ?? (claimToken === undefined ? undefined : idTokenFormat)
  const token = form.get('subject_token') ?? (format === idTokenFormat ? claimToken : undefined)
  if (token !== undefined) {
    const subject = await readBearer(services, realm, request.request, token, ['Bearer', 'ID'])
    if (subject === undefined) throw refused('unauthorized_client', 'Invalid signature', 400, 'invalid_signature')
    if (form.get('subject_token') === undefined && subject.client.id !== client.id)
      throw refused('invalid_claim_token', 'Token issued to a different client')
    if (subject.claims['typ'] !== 'ID') return subject
    return { ...subject, claims: claimsOf(request, sessionGrant(subject)) }
  }
  const granted = await clientCredentials.grant(request)
  if ('answer' in granted) throw refused('invalid_grant', 'Invalid bearer token')
  return { client, user: granted.user, session: undefined, claims: claimsOf(request, granted) }
}

const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken'

const claimsOf = ({ realm, request, services }: TokenRequest, granted: Granted) =>
  accessTokenClaims(
    { realm, client: granted.scopes.client, baseUrl: request.baseUrl, clock: services.clock, random: services.random },
    granted,
  )

/** What an access token of the subject's session would be granted: the scopes that the login asked for. */
function sessionGrant({ client, user, session, claims }: BearerSubject): Granted {
  const asked = (session?.client.notes['scope'] ?? '').split(' ').filter((name) => name !== 'openid')
  return {
    grantCode: 'na',
    user,
    scopes: permittedScopes(scopesOfToken(client, asked.join(' ')), user),
    session,
    refreshToken: session !== undefined && client.attributes['use.refresh.tokens'] !== 'false',
    acr: typeof claims['acr'] === 'string' ? claims['acr'] : '1',
    authTime: session === undefined ? undefined : authTimeOf(session.notes),
  }
}

async function serverOf(
  { realm, services }: TokenRequest,
  audience: string | undefined,
): Promise<{ client: Client; server: ResourceServer }> {
  if (audience === undefined) throw refused('invalid_request', 'You must provide the issuedFor')
  const client = await realm.client(audience)
  if (client === undefined) throw refused('invalid_request', `Unknown resource server id: [${audience}]`)
  const server = await findResourceServer(services.database, realm.id, client.id)
  if (server === undefined) throw refused('invalid_request', 'Client does not support permissions')
  return { client, server }
}

async function wantedPermissions(
  { services: { database } }: TokenRequest,
  server: ResourceServer,
  identity: Identity,
  uma: UmaRequest,
): Promise<WantedPermission[]> {
  if (!uma.ticket && uma.permissions.length === 0 && uma.rpt === undefined) {
    return allPermissions(database, server, identity, uma.resourcesMax)
  }
  try {
    return await requestedPermissions(database, server, identity, await uma.resolve(database, server))
  } catch (error) {
    if (!(error instanceof AdminError) || !('error' in error.body)) throw error
    throw refused(error.body.error, error.body.error_description ?? '')
  }
}

/** Something is granted; a request that adds to an earlier token must get all that it names. */
function isGranted({ rpt, permissions }: UmaRequest, decisions: readonly Decision[]): boolean {
  const granted = decisions.filter((decision) => decision.granted)
  if (rpt !== undefined) {
    const isThere = (text: string): boolean =>
      granted.some(({ permission: { resource } }) => resource?.id === text || resource?.name === text)
    if (permissions.some(({ resource }) => resource !== undefined && !/^resource-type/.test(resource) && !isThere(resource))) return false
  }
  return granted.length > 0
}

/** What was not granted is asked of the owners, for them to decide. */
async function submit(
  { services }: TokenRequest,
  server: ResourceServer,
  identity: Identity,
  decisions: readonly Decision[],
): Promise<void> {
  const { database, random, clock } = services
  const asked = decisions.flatMap(({ permission: { resource, scopeIds }, granted, scopeIds: given }) => {
    if (resource === undefined || !resource.ownerManagedAccess || resource.ownerId === identity.id || resource.ownerId === server.id)
      return []
    const missing = scopeIds.filter((id) => !granted || !given.includes(id))
    return scopeIds.length === 0 && !granted ? [{ resource, scopeId: '' }] : missing.map((scopeId) => ({ resource, scopeId }))
  })
  if (asked.length === 0 || identity.id === server.id) return
  await database.transaction(async (tx) => {
    for (const { resource, scopeId } of asked) {
      const ticket = { id: random.uuid(), resourceId: resource.id, scopeId, requesterId: identity.user.id, createdAtMs: clock.now() }
      await permissionTickets(tx).insert(server.id, ticket)
    }
  })
}

function tokenFor(subject: BearerSubject, resourceServer: Client, uma: UmaRequest, permissions: readonly Permission[]): Granted {
  return {
    ...sessionGrant(subject),
    authorization: { permissions },
    requestingParty: { resourceServer, upgraded: isUpgraded(uma.rpt, permissions) },
  }
}

/** True when the new token holds all that the earlier one had. */
function isUpgraded(rpt: UmaRequest['rpt'], permissions: readonly Permission[]): boolean {
  if (rpt === undefined) return false
  return rpt.every(({ resourceId }) => permissions.some(({ rsid }) => rsid === resourceId))
}
