import { removeScope, saveScope } from '../../authorization/write-resources.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ScopeRepresentation, scopeRepresentation } from '../../representations/authorization.ts'
import { authorizationPolicies } from '../../storage/authorization-policies.ts'
import { authorizationResources } from '../../storage/authorization-resources.ts'
import { type AuthorizationScopeRow, authorizationScopes } from '../../storage/authorization-scopes.ts'
import type { AdminRoute } from '../admin-route.ts'
import { json, noContent, pageParameters, readRepresentation } from '../bodies.ts'
import { named } from './policies.ts'
import { auditServer, createdJson, emptyAnswer, type ServerAdminContext, serverRoute, write } from './server-route.ts'

export const scopeRoutes: readonly AdminRoute[] = [
  serverRoute('GET', '/scope', 'Scopes of a resource server', 'view', listScopes),
  serverRoute('POST', '/scope', 'Make a scope, or change the one of the name', 'manage', createScope),
  serverRoute('GET', '/scope/search', 'The scope of a name', 'view', searchScope),
  serverRoute('GET', '/scope/:scope', 'One scope', 'view', async (context) => {
    const row = await findScope(context)
    return row === undefined ? emptyAnswer(404) : json(describeScope(row))
  }),
  serverRoute('PUT', '/scope/:scope', 'Change a scope', 'manage', updateScope),
  serverRoute('DELETE', '/scope/:scope', 'Remove a scope', 'manage', deleteScope),
  serverRoute('GET', '/scope/:scope/resources', 'Resources that have a scope', 'view', listResources),
  serverRoute('GET', '/scope/:scope/permissions', 'Permissions on a scope', 'view', listPermissions),
]

/** Scopes and resources of one page when the caller does not say how many. */
export const pageMax = 100

export const describeScope = ({ id, name, icon_uri, display_name }: AuthorizationScopeRow): ScopeRepresentation => ({
  id,
  name,
  ...(icon_uri === null ? {} : { iconUri: icon_uri }),
  ...(display_name === null ? {} : { displayName: display_name }),
})

const findScope = ({ services, server, request }: ServerAdminContext): Promise<AuthorizationScopeRow | undefined> =>
  authorizationScopes(services.database).findById(server.id, request.params['scope'] ?? '')

async function listScopes({ request, services, server }: ServerAdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const filter = { id: query.get('scopeId'), name: query.get('name') }
  return json((await authorizationScopes(services.database).list(server.id, filter, pageParameters(query, pageMax))).map(describeScope))
}

async function searchScope({ request, services, server }: ServerAdminContext): Promise<HttpResponse> {
  const name = readQuery(request).get('name')
  if (name === undefined || name === '') return emptyAnswer(400)
  const row = await authorizationScopes(services.database).find(server.id, name)
  return row === undefined ? emptyAnswer(204) : json(describeScope(row))
}

async function createScope(context: ServerAdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, scopeRepresentation)
  const id = await write(context, (target) => saveScope(target, given))
  const representation = { id, ...withoutLists(given) }
  auditServer(context, 'CREATE', 'SCOPE', `/scope/${id}`, representation)
  return createdJson(representation)
}

const withoutLists = ({ name, iconUri, displayName }: ScopeRepresentation): ScopeRepresentation => ({
  ...(name === undefined ? {} : { name }),
  ...(iconUri === undefined ? {} : { iconUri }),
  ...(displayName === undefined ? {} : { displayName }),
})

async function updateScope(context: ServerAdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, scopeRepresentation)
  const row = await findScope(context)
  if (row === undefined) return { status: 404 }
  const representation = { id: row.id, ...withoutLists(given) }
  await write(context, (target) => saveScope(target, representation))
  auditServer(context, 'UPDATE', 'SCOPE', `/scope/${row.id}`, representation)
  return noContent()
}

async function deleteScope(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await findScope(context)
  if (row === undefined) return { status: 404 }
  await write(context, (target) => removeScope(target, row.id))
  auditServer(context, 'DELETE', 'SCOPE', `/scope/${row.id}`, describeScope(row))
  return noContent()
}

async function listResources(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await findScope(context)
  if (row === undefined) return emptyAnswer(404)
  const resources = await authorizationResources(context.services.database).listOfScopes(context.server.id, [row.id])
  return json(resources.map(({ name, id }) => ({ name, _id: id })))
}

async function listPermissions(context: ServerAdminContext): Promise<HttpResponse> {
  const row = await findScope(context)
  if (row === undefined) return emptyAnswer(404)
  return json((await authorizationPolicies(context.services.database).permissionsOfScope(row.id)).map((policy) => named(policy)))
}
