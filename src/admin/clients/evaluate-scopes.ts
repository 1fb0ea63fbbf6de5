import { randomSessionId } from '../../crypto/random.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { Client, ClientScope, ResolvedScopes } from '../../realm/model.ts'
import { loadUserFacts } from '../../realm/user-facts.ts'
import type { ProtocolMapperRepresentation } from '../../representations/client-scope.ts'
import type { Session } from '../../sessions/session.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import { users as userRows } from '../../storage/users.ts'
import { hashOrder } from '../../tokens/mappers/hash-order.ts'
import { exampleClaims } from '../../tokens/mint.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import { permittedScopes, scopesOfToken } from '../../tokens/roles.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { mapperTypes } from '../client-scopes/mapper-types.ts'
import { featureNotEnabled } from '../feature-not-enabled.ts'
import { answerRoles } from '../roles/describe-roles.ts'
import { findClient, query, view } from './client-view.ts'

const base = '/clients/:client/evaluate-scopes'

const example = (kind: 'access' | 'id' | 'userinfo', name: string): AdminRoute => ({
  method: 'GET',
  path: `${base}/generate-example-${name}`,
  summary: 'What a token or an answer would hold',
  role: query,
  handle: (context) => getExample(context, kind),
})

/** What a request with a `scope` parameter would bring for a client. */
export const evaluateScopeRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: `${base}/protocol-mappers`, summary: 'Mappers that would run', role: query, handle: listMappers },
  {
    method: 'GET',
    path: `${base}/scope-mappings/:container/granted`,
    summary: 'Roles that tokens could show',
    role: query,
    handle: (context) => listRoles(context, true),
  },
  {
    method: 'GET',
    path: `${base}/scope-mappings/:container/not-granted`,
    summary: 'Roles that tokens could not show',
    role: query,
    handle: (context) => listRoles(context, false),
  },
  example('access', 'access-token'),
  example('id', 'id-token'),
  example('userinfo', 'userinfo'),
  {
    method: 'GET',
    path: `${base}/generate-example-saml-response`,
    summary: 'What a SAML response would hold',
    role: query,
    async handle(context) {
      await findClient(context, view)
      throw featureNotEnabled()
    },
  },
]

/** The client in the path as tokens see it, with the scopes that are asked for; names that it does not know are passed over. */
async function evaluated(context: AdminContext): Promise<{ client: Client; scopes: ResolvedScopes }> {
  const row = await findClient(context, view)
  const client = await context.realm.clientById(row.id)
  if (client === undefined) throw new AdminError(404, { error: 'Could not find client' })
  return { client, scopes: scopesOfToken(client, readQuery(context.request).get('scope') ?? '') }
}

/** Optional scopes that are asked for, then those that the client has by default, then the client itself (reference behaviour). */
async function listMappers(context: AdminContext): Promise<HttpResponse> {
  const { client, scopes } = await evaluated(context)
  const isDefault = new Set(client.defaultScopes)
  const asked = scopes.scopes.filter((scope) => !isDefault.has(scope))
  const byDefault = scopes.scopes.filter((scope) => isDefault.has(scope))
  const containers = [...hashOrder(asked, ({ name }) => name), ...hashOrder(byDefault, ({ name }) => name)]
  return json([
    ...containers.flatMap((scope) => mappersOf(scope, client, { id: scope.id, name: scope.name, type: 'client-scope' })),
    ...mappersOf(client, client, { id: client.id, name: '', type: 'client' }),
  ])
}

function mappersOf(
  { mappers }: Pick<ClientScope, 'mappers'>,
  { protocol }: Client,
  container: { readonly id: string; readonly name: string; readonly type: string },
): unknown[] {
  const runs = ({ protocol: ownProtocol = 'openid-connect', protocolMapper = '' }: ProtocolMapperRepresentation): boolean =>
    ownProtocol === protocol && mapperTypes.has(protocolMapper)
  return hashOrder(mappers.filter(runs), (mapper) => mapper.id ?? '').map(({ id, name, protocolMapper }) => ({
    mapperId: id,
    mapperName: name,
    containerId: container.id,
    containerName: container.name,
    containerType: container.type,
    protocolMapper,
  }))
}

/** Roles of one container that are read at most. */
const rolesMax = 100_000

/** The container is the realm, by its name, or a client by its id. */
async function listRoles(context: AdminContext, granted: boolean): Promise<HttpResponse> {
  const { services, realm, request } = context
  const { client, scopes } = await evaluated(context)
  const wanted = request.params['container'] ?? ''
  const container = wanted === realm.name ? realm.id : (await clientRows(services.database).findById(realm.id, wanted))?.id
  if (container === undefined) throw new AdminError(404, { error: 'Role Container not found' })
  const rows = await roleRows(services.database).listOf(container, rolesMax, 0)
  const shown = ({ id }: { readonly id: string }): boolean =>
    client.fullScopeAllowed || client.scopeRoleIds.has(id) || scopes.scopes.some((scope) => scope.roleIds.has(id))
  const found = rows.filter((row) => shown(row) === granted)
  return answerRoles(
    services.database,
    hashOrder(found, (row) => row.id),
  )
}

/** As if the user had logged in just now. Nothing is stored and nothing is signed. */
async function getExample(context: AdminContext, kind: 'access' | 'id' | 'userinfo'): Promise<HttpResponse> {
  const { services, realm, request, permissions } = context
  const { client, scopes } = await evaluated(context)
  const parameters = readQuery(request)
  const userId = parameters.get('userId')
  if (userId === undefined) throw new AdminError(404, { error: 'No userId provided' })
  const row = await userRows(services.database).findById(realm.id, userId)
  if (row === undefined) throw new AdminError(404, { error: 'No user found' })
  // Claims tell who somebody is.
  if (!permissions.has('view-users', 'manage-users')) throw new AdminError(403, { error: 'You have no access to this user' })
  const user = await loadUserFacts(services.database, row)
  const permitted = permittedScopes(scopes, user)
  const session = newSession(context, user.id, permitted)
  const mintContext = { realm, client, baseUrl: request.baseUrl, clock: services.clock, random: services.random }
  const granted = { grantCode: 'na', user, scopes: permitted, session, refreshToken: false, acr: '1', authTime: undefined } as const
  const claims = exampleClaims(mintContext, granted, kind)
  if (kind === 'access') await narrowAudience(context, claims, parameters.get('audience'))
  return json(claims)
}

function newSession({ services }: AdminContext, userId: string, { scopes }: ResolvedScopes): Session {
  const now = services.clock.now()
  return {
    id: randomSessionId(services.random),
    offline: scopes.some((scope) => scope.name === 'offline_access'),
    userId,
    startedAtMs: now,
    lastRefreshMs: now,
    rememberMe: false,
    ipAddress: '',
    notes: {},
    client: { startedAtMs: now, lastRefreshMs: now, refreshTokenId: undefined, refreshTokenUses: 0, notes: {} },
  }
}

/** Of an audience that is asked for the token has that alone; a client that is not among its audience is an error. */
async function narrowAudience({ realm }: AdminContext, claims: Claims, wanted: string | undefined): Promise<void> {
  if (wanted === undefined || (await realm.client(wanted)) === undefined) return
  if (![claims['aud']].flat().includes(wanted)) throw new AdminError(404, { error: `Requested audience not available: ${wanted}` })
  claims['aud'] = wanted
}
