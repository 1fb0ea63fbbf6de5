import { findPolicyType } from '../../authorization/policy-types/index.ts'
import { attributesOf, describeResources, withScopes } from '../../authorization/resources.ts'
import { resourceIdsByUri } from '../../authorization/wanted-permissions.ts'
import { createResource, invalidRequest, ownerIdOf, removeResource, updateResource } from '../../authorization/write-resources.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ResourceRepresentation, resourceRepresentation } from '../../representations/authorization.ts'
import { arrangeRepresentation, printRepresentations } from '../../representations/print.ts'
import { authorizationPolicies } from '../../storage/authorization-policies.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../../storage/authorization-resources.ts'
import { authorizationScopes } from '../../storage/authorization-scopes.ts'
import type { AdminRoute } from '../admin-route.ts'
import { flagParameter, json, jsonText, noContent, pageParameters, readRepresentation } from '../bodies.ts'
import { named } from './policies.ts'
import { pageMax } from './scopes.ts'
import { auditServer, createdJson, emptyAnswer, notFound, type ServerAdminContext, serverRoute, write } from './server-route.ts'

export const resourceRoutes: readonly AdminRoute[] = [
  serverRoute('GET', '/resource', 'Resources of a resource server', 'view', listResources),
  serverRoute('POST', '/resource', 'Make a resource', 'manage', create),
  serverRoute('GET', '/resource/search', "The server's own resource of a name", 'view', search),
  serverRoute('GET', '/resource/:resource', 'One resource', 'view', async (context) =>
    json(await printed(context, await requireResource(context))),
  ),
  serverRoute('PUT', '/resource/:resource', 'Change a resource', 'manage', update),
  serverRoute('DELETE', '/resource/:resource', 'Remove a resource', 'manage', remove),
  serverRoute('GET', '/resource/:resource/attributes', 'Attributes of a resource', 'view', listAttributes),
  serverRoute('GET', '/resource/:resource/scopes', 'Scopes of a resource, inherited ones too', 'view', listScopes),
  serverRoute('GET', '/resource/:resource/permissions', 'Permissions that have a say in a resource', 'view', listPermissions),
]

const arranged = (resource: ResourceRepresentation): Record<string, unknown> => arrangeRepresentation(resourceRepresentation, resource)

const findResource = ({ services, server, request }: ServerAdminContext): Promise<AuthorizationResourceRow | undefined> =>
  authorizationResources(services.database).findById(server.id, request.params['resource'] ?? '')

async function requireResource(context: ServerAdminContext): Promise<AuthorizationResourceRow> {
  const row = await findResource(context)
  if (row === undefined) throw notFound()
  return row
}

async function printed({ services, server }: ServerAdminContext, row: AuthorizationResourceRow): Promise<Record<string, unknown>> {
  const [resource = {}] = await describeResources(services.database, server, [row], true)
  return arranged(resource)
}

/** By all parameters at once; with `matchingUri` those whose URI pattern fits when no URI is the same. */
async function listResources({ request, services, realm, server }: ServerAdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const stored = authorizationResources(services.database)
  const page = pageParameters(query, pageMax)
  const owner = query.get('owner')
  const ownerId = owner === undefined ? undefined : await ownerIdOf(services.database, realm.id, server, owner)
  if (owner !== undefined && ownerId === undefined) return json([])
  const name = query.get('name')
  const exact = flagParameter(query, 'exactName') === true
  const uri = query.get('uri')
  const filter = {
    id: query.get('_id'),
    ...(exact ? { exactName: name } : { name }),
    type: query.get('type'),
    scope: query.get('scope'),
    ownerId,
    uri,
  }
  const found = await stored.search(server.id, filter, page)
  const matching = found.length === 0 && uri !== undefined && flagParameter(query, 'matchingUri') === true
  const rows = matching ? await stored.findAll(server.id, await resourceIdsByUri(services.database, server, uri, true)) : found
  const list = await describeResources(services.database, server, rows, flagParameter(query, 'deep') ?? true)
  return jsonText(printRepresentations(resourceRepresentation, list))
}

async function search(context: ServerAdminContext): Promise<HttpResponse> {
  const name = readQuery(context.request).get('name')
  if (name === undefined) return emptyAnswer(400)
  const row = await authorizationResources(context.services.database).find(context.server.id, context.server.id, name)
  return row === undefined ? emptyAnswer(204) : json(await printed(context, row))
}

async function create(context: ServerAdminContext): Promise<HttpResponse> {
  if (context.request.body.length === 0) return emptyAnswer(400)
  const given = readRepresentation(context.request, resourceRepresentation)
  if (given.owner !== undefined && given.owner.id === undefined) throw invalidRequest('You must specify the resource owner.')
  const row = await write(context, (target) => createResource(target, given))
  const owner = { id: given.owner?.id ?? context.server.id }
  auditServer(context, 'CREATE', 'RESOURCE', `/resource/${row.id}`, arranged({ ...given, owner, _id: row.id }))
  return createdJson(await printed(context, row))
}

async function update(context: ServerAdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, resourceRepresentation)
  const row = await requireResource(context)
  await write(context, (target) => updateResource(target, row, given))
  auditServer(context, 'UPDATE', 'RESOURCE', `/resource/${row.id}`, arranged({ ...given, _id: row.id }))
  return noContent()
}

async function remove(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await requireResource(context)
  const before = await printed(context, row)
  await write(context, (target) => removeResource(target, row.id))
  auditServer(context, 'DELETE', 'RESOURCE', `/resource/${row.id}`, before)
  return noContent()
}

async function listAttributes(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await findResource(context)
  if (row === undefined) return emptyAnswer(404)
  return json((await attributesOf(context.services.database, [row.id])).get(row.id) ?? {})
}

/** Its own scopes, and for a user's resource those of the server's resources of its type. */
async function scopeIdsOf({ services, server }: ServerAdminContext, row: AuthorizationResourceRow): Promise<string[]> {
  const [resource] = await withScopes(services.database, [row])
  const own = resource?.scopeIds ?? []
  if (row.type === null || row.owner_id === server.id) return [...own]
  const inherited = await authorizationResources(services.database).scopesOfTypes(server.id, [row.type])
  return [...new Set([...own, ...inherited.map(({ scope_id }) => scope_id)])]
}

async function listScopes(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await findResource(context)
  if (row === undefined) return emptyAnswer(404)
  const ids = await scopeIdsOf(context, row)
  const scopes = new Map(
    (await authorizationScopes(context.services.database).named(context.server.id, ids)).map((scope) => [scope.id, scope]),
  )
  return json(ids.flatMap((id) => scopes.get(id) ?? []).map(({ id, name }) => ({ id, name })))
}

async function listPermissions(context: ServerAdminContext): Promise<HttpResponse> {
  const { services, server } = context
  const row = await findResource(context)
  if (row === undefined) return emptyAnswer(404)
  const stored = authorizationPolicies(services.database)
  // Those on the type are told for what users own (reference behaviour).
  const type = row.owner_id === server.id ? null : row.type
  const direct = await stored.permissionsOfResource(server.id, { id: row.id, type }, await scopeIdsOf(context, row))
  const typed = type === null ? [] : await stored.ofTypedResources(server.id, [type])
  const all = new Map([...direct, ...typed].map((policy) => [policy.id, policy]))
  return json([...all.values()].filter(({ type }) => findPolicyType(type)?.internal !== true).map((policy) => named(policy)))
}
