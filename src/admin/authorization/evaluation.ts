import type { Decision, PolicyResult, WantedPermission } from '../../authorization/decide.ts'
import { evaluate, grantedPermissions } from '../../authorization/evaluate.ts'
import { contextOf, type Identity, identityOf } from '../../authorization/identity.ts'
import { withScopes } from '../../authorization/resources.ts'
import { allPermissions, requestedPermissions } from '../../authorization/wanted-permissions.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { Client, UserFacts } from '../../realm/model.ts'
import { loadUserFacts } from '../../realm/user-facts.ts'
import type { PolicyRepresentation, ResourceRepresentation, ScopeRepresentation } from '../../representations/authorization.ts'
import { type PolicyEvaluationRequest, policyEvaluationRequest } from '../../representations/uma.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../../storage/authorization-resources.ts'
import { authorizationScopes } from '../../storage/authorization-scopes.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import { users as userRows } from '../../storage/users.ts'
import { accessTokenClaims } from '../../tokens/mint.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import { permittedScopes, scopesOfToken } from '../../tokens/roles.ts'
import type { AdminRoute } from '../admin-route.ts'
import { readRepresentation } from '../bodies.ts'
import { plainJson, type ServerAdminContext, serverRoute } from './server-route.ts'

export const evaluationRoutes: readonly AdminRoute[] = (['policy', 'permission'] as const).map((kind) =>
  serverRoute('POST', `/${kind}/evaluate`, 'What a user would be allowed', 'view', evaluatePolicies),
)

const invalid = (description: string): AdminError => new AdminError(400, { error: 'invalid_request', error_description: description })

/** Resources that one question looks at: the answer has everything that every policy said. */
const resourcesMax = 10_000

/** The whole answer is for the administrator alone: no token comes out of it. A fixed number of statements. */
async function evaluatePolicies(context: ServerAdminContext): Promise<HttpResponse> {
  const { services, realm, server, request } = context
  const given = readRepresentation(request, policyEvaluationRequest)
  const { client, user } = await whoIsAsked(context, given)
  const claims = await claimsOf(context, given, client, user)
  const identity = identityOf(user, client.clientId, claims)
  const origin = { realmName: realm.name, ipAddress: request.remoteAddress, userAgent: request.headers['user-agent'] }
  const attributes = Object.fromEntries(Object.entries(given.context?.['attributes'] ?? {}).map(([name, value]) => [name, [value]]))
  const sql = services.database
  const wanted = await wantedPermissions(context, identity, given.resources ?? [])
  const now = new Date(services.clock.now())
  const decisions = await evaluate({ sql, realmId: realm.id, server, now }, identity, contextOf(identity, origin, attributes), wanted)
  const permissions = await grantedPermissions(sql, server, decisions, { resourceNames: true, claims: attributes })
  const decided = decisions.filter((decision) => decision.decided)
  const audience = [claims['aud']].flat().includes(server.clientId) ? claims['aud'] : server.clientId
  return plainJson({
    results: await describe(context, decided),
    entitlements: false,
    status: decided.some(({ granted }) => !granted) ? 'DENY' : 'PERMIT',
    rpt: { ...claims, iss: undefined, aud: audience, authorization: { permissions } },
  })
}

async function whoIsAsked(
  { services, realm, server }: ServerAdminContext,
  given: PolicyEvaluationRequest,
): Promise<{ client: Client; user: UserFacts }> {
  const client = await realm.clientById(given.clientId ?? server.id)
  if (client === undefined) throw invalid('Unknown client')
  const users = userRows(services.database)
  const text = given.userId ?? ''
  const row = (await users.findById(realm.id, text)) ?? (await users.find(realm.id, text.toLowerCase()))
  if (row === undefined) throw invalid('Unknown user')
  return { client, user: await loadUserFacts(services.database, row) }
}

/** What an access token of the user would say, with some realm roles more. */
async function claimsOf(
  { services, realm, request }: ServerAdminContext,
  { roleIds = [] }: PolicyEvaluationRequest,
  client: Client,
  user: UserFacts,
): Promise<Claims> {
  const scopes = permittedScopes(scopesOfToken(client, ''), user)
  const { clock, random } = services
  const claims = accessTokenClaims(
    { realm, client, baseUrl: request.baseUrl, clock, random },
    { grantCode: 'na', user, scopes, session: undefined, refreshToken: false, acr: '1', authTime: undefined },
  )
  if (roleIds.length === 0) return claims
  const byId = new Map((await roleRows(services.database).findNamed(realm.id, roleIds)).map(({ id, name }) => [id, name]))
  const held = (claims['realm_access'] as { roles?: string[] } | undefined)?.roles ?? []
  return { ...claims, realm_access: { roles: [...new Set([...held, ...roleIds.map((role) => byId.get(role) ?? role)])] } }
}

/**
 * Resources by id, name or type, or all that have the scopes. A resource with scopes that there are not is asked for without any. Nothing
 * that exists: everything that the user might have.
 */
async function wantedPermissions(
  { services: { database }, server }: ServerAdminContext,
  identity: Identity,
  given: readonly ResourceRepresentation[],
): Promise<WantedPermission[]> {
  const texts = given.flatMap(({ _id, name }) => _id ?? name ?? [])
  const rows = texts.length === 0 ? [] : await authorizationResources(database).named(server.id, server.id, texts)
  const scopeNames = new Set(given.flatMap(({ scopes = [] }) => scopes.flatMap(({ name }) => name ?? [])))
  const known = new Set(
    scopeNames.size === 0 ? [] : (await authorizationScopes(database).named(server.id, [...scopeNames])).map(({ name }) => name),
  )
  const bare = new Set<AuthorizationResourceRow>()
  const permissions = given.flatMap(({ _id, name, type, scopes = [] }) => {
    const row = rows.find(({ id }) => id === _id) ?? rows.find((one) => one.name === name)
    const resource = row?.id ?? (type === undefined ? undefined : `resource-type:${type}`)
    const wanted = scopes.flatMap((scope) => (scope.name !== undefined && known.has(scope.name) ? scope.name : []))
    if (row !== undefined && scopes.length > 0 && wanted.length === 0) {
      bare.add(row)
      return []
    }
    return resource === undefined && wanted.length === 0 ? [] : [{ resource, scopes: wanted }]
  })
  const requested = await requestedPermissions(database, server, identity, { permissions, scopes: [], earlier: [], resourcesMax })
  const scopeless = (await withScopes(database, [...bare])).map((resource) => ({ resource, scopeIds: [], granted: false }))
  const wanted = [...requested, ...scopeless]
  return wanted.length === 0 ? allPermissions(database, server, identity, resourcesMax) : wanted
}

interface ScopeNames {
  find(id: string): ScopeRepresentation | undefined
}

/** One result for each resource, by name. */
async function describe({ services, server }: ServerAdminContext, decisions: readonly Decision[]): Promise<unknown[]> {
  const ids = new Set<string>()
  for (const { permission, results } of decisions) {
    for (const id of [...permission.scopeIds, ...(permission.resource?.scopeIds ?? [])]) ids.add(id)
    for (const { policy } of results) for (const id of policy.scopeIds) ids.add(id)
  }
  const rows = await authorizationScopes(services.database).named(server.id, [...ids])
  const scopes = new Map(rows.map(({ id, name }) => [id, { id, name }]))
  const names: ScopeNames = { find: (id) => scopes.get(id) }
  return decisions
    .toSorted((a, b) => ((a.permission.resource?.name ?? '') < (b.permission.resource?.name ?? '') ? -1 : 1))
    .map((decision) => describeDecision(decision, names))
}

const named = (ids: Iterable<string>, names: ScopeNames): ScopeRepresentation[] => [...ids].flatMap((id) => names.find(id) ?? [])
const textsOf = (ids: Iterable<string>, names: ScopeNames): string[] => named(ids, names).map(({ name = '' }) => name)

function describeDecision({ permission, granted, scopeIds, results }: Decision, names: ScopeNames): unknown {
  const { resource } = permission
  const scopes = named(granted ? scopeIds : permission.scopeIds, names)
  const list = `[${scopes.map(({ name }) => name).join(', ')}]`
  const title =
    resource === undefined
      ? `Any Resource with Scopes ${list}`
      : scopes.length === 0
        ? resource.name
        : `${resource.name} with scopes ${list}`
  return {
    resource: { name: title, ...(resource === undefined ? {} : { _id: resource.id }) },
    scopes,
    policies: results.map((result) => describeResult(result, resource === undefined ? [] : textsOf(resource.scopeIds, names), names)),
    status: granted ? 'PERMIT' : 'DENY',
    allowedScopes: granted ? scopes : [],
    deniedScopes: [],
  }
}

const status = (granted: boolean): string => (granted ? 'PERMIT' : 'DENY')

function describeResult({ policy, granted, children }: PolicyResult, resourceScopes: readonly string[], names: ScopeNames): unknown {
  const own = textsOf(policy.scopeIds, names)
  return {
    policy: describePolicy(policy, policy.type === 'resource' ? resourceScopes : own),
    status: status(granted),
    associatedPolicies: children.map((child) => ({
      policy: describePolicy(child.policy, textsOf(child.policy.scopeIds, names)),
      status: status(child.granted),
      associatedPolicies: [],
      scopes: [],
    })),
    scopes: granted ? [] : own,
  }
}

/** The reference leaves the logic at its first value here. */
const describePolicy = (policy: PolicyResult['policy'], scopes: readonly string[]): PolicyRepresentation => ({
  id: policy.id,
  name: policy.name,
  ...describeText(policy),
  type: policy.type,
  resources: policy.resources.map(({ name }) => name),
  scopes: [...scopes],
  logic: 'POSITIVE',
  decisionStrategy: policy.decisionStrategy,
  config: {},
})

const describeText = ({ type, description }: PolicyResult['policy']): { description?: string } => {
  const text = type === 'uma' ? (description ?? 'User-Managed Policy') : description
  return text === undefined ? {} : { description: text }
}
