import { describeResources } from '../../authorization/resources.ts'
import { resourceIdsByUri } from '../../authorization/wanted-permissions.ts'
import { createResource, ownerIdOf, removeResource, updateResource } from '../../authorization/write-resources.ts'
import { readQuery } from '../../http/parameters.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ResourceRepresentation, resourceRepresentation } from '../../representations/authorization.ts'
import { arrangeRepresentation } from '../../representations/print.ts'
import { type UmaResourceRepresentation, umaResourceRepresentation } from '../../representations/uma.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../../storage/authorization-resources.ts'
import type { OidcServices } from '../services.ts'
import {
  auditProtection,
  createdJson,
  json,
  listJson,
  notFound,
  type ProtectionRequest,
  pageOf,
  protectionRoute,
  readBody,
  refusal,
  write,
} from './protection-request.ts'

/** Resource registration (UMA 2.0 Federated Authorization, section 3). */
export const resourceSetRoutes: readonly Route<OidcServices>[] = [
  protectionRoute('GET', '/resource_set', 'Ids of registered resources', 'server', managed(list)),
  protectionRoute('POST', '/resource_set', 'Register a resource', 'server', managed(create)),
  protectionRoute('GET', '/resource_set/:resource', 'One registered resource', 'server', managed(get)),
  protectionRoute('PUT', '/resource_set/:resource', 'Change a registered resource', 'server', managed(update)),
  protectionRoute('DELETE', '/resource_set/:resource', 'Forget a registered resource', 'server', managed(remove)),
]

/** Whether resource servers manage their resources themselves is a setting. */
function managed(handle: (request: ProtectionRequest) => Promise<HttpResponse>): (request: ProtectionRequest) => Promise<HttpResponse> {
  return async (request) => {
    if (!request.server.allowRemoteResourceManagement) throw refusal(400, 'not_supported', 'Remote management is disabled.')
    return handle(request)
  }
}

const printed = (resource: UmaResourceRepresentation): Record<string, unknown> => arrangeRepresentation(umaResourceRepresentation, resource)

async function describe({ services, server }: ProtectionRequest, row: AuthorizationResourceRow): Promise<ResourceRepresentation> {
  const [resource = {}] = await describeResources(services.database, server, [row], true)
  return resource
}

/** Whose resources a caller may manage: the server all of them, which is undefined here, people with the right to it their own. */
const ownerOf = ({ identity, server }: ProtectionRequest): string | undefined => (identity.id === server.id ? undefined : identity.id)

async function requireResource(context: ProtectionRequest): Promise<AuthorizationResourceRow> {
  const { services, server, request } = context
  const row = await authorizationResources(services.database).findById(server.id, request.params['resource'] ?? '')
  if (row === undefined) throw notFound()
  const owner = ownerOf(context)
  if (owner !== undefined && row.owner_id !== owner) throw refusal(403, 'forbidden', "You don't have permission to manage this resource")
  return row
}

/** Ids, or with `deep` the resources. By all parameters at once; with `matchingUri` those whose URI pattern fits. */
async function list(context: ProtectionRequest): Promise<HttpResponse> {
  const { request, services, realm, server } = context
  const query = readQuery(request)
  const database = services.database
  const stored = authorizationResources(database)
  const owner = query.get('owner')
  const ownerId = ownerOf(context) ?? (owner === undefined ? undefined : await ownerIdOf(database, realm.id, server, owner))
  const page = pageOf(query)
  if (owner !== undefined && ownerId === undefined) return listJson([])
  const name = query.get('name')
  const uri = query.get('uri')
  const filter = {
    id: query.get('_id'),
    ...(query.get('exactName') === 'true' ? { exactName: name } : { name }),
    type: query.get('type'),
    scope: query.get('scope'),
    ownerId,
    uri,
  }
  const found = await stored.search(server.id, filter, page)
  // Patterns are those of the server's resources.
  const matching = found.length === 0 && uri !== undefined && query.get('matchingUri') === 'true' && ownerOf(context) === undefined
  const rows = matching ? await stored.findAll(server.id, await resourceIdsByUri(database, server, uri, true)) : found
  if (query.get('deep') !== 'true') return listJson(rows.map(({ id }) => id))
  const resources = await describeResources(database, server, rows, true)
  return listJson(resources.map((resource) => arrangeRepresentation(resourceRepresentation, resource)))
}

/** Who registers a resource owns it. The name of its scopes is `resource_scopes` here. */
const asResource = ({
  resource_scopes: _scopes,
  owner: _owner,
  ...given
}: UmaResourceRepresentation | ResourceRepresentation): ResourceRepresentation => given

async function create(context: ProtectionRequest): Promise<HttpResponse> {
  if (context.request.body.length === 0) return { status: 400 }
  const given = readBody(context, umaResourceRepresentation)
  const ownerId = ownerOf(context)
  const owner = ownerId === undefined ? {} : { owner: { id: ownerId } }
  const row = await write(context, (target) => createResource(target, { ...asResource(given), ...owner }))
  const { attributes: _attributes, ...resource } = await describe(context, row)
  const scopes = resource.scopes ?? []
  auditProtection(context, 'CREATE', 'RESOURCE', `resource_set/${row.id}`, {
    ...printed({ ...asResource(given), owner: { id: row.owner_id }, _id: row.id, resource_scopes: scopes, scopes }),
  })
  return createdJson(printed({ ...resource, resource_scopes: scopes, scopes }))
}

async function get(context: ProtectionRequest): Promise<HttpResponse> {
  const row = await requireResource(context)
  const resource = await describe(context, row)
  const scopes = (resource.scopes ?? []).map(({ name = '' }) => ({ name }))
  return json(printed({ ...resource, owner: { id: row.owner_id }, resource_scopes: scopes, scopes }))
}

async function update(context: ProtectionRequest): Promise<HttpResponse> {
  const given = asResource(readBody(context, resourceRepresentation))
  const row = await requireResource(context)
  await write(context, (target) => updateResource(target, row, given))
  auditProtection(
    context,
    'UPDATE',
    'RESOURCE',
    `resource_set/${row.id}`,
    arrangeRepresentation(resourceRepresentation, { ...given, _id: row.id }),
  )
  return { status: 204 }
}

async function remove(context: ProtectionRequest): Promise<HttpResponse> {
  const row = await requireResource(context)
  const before = await describe(context, row)
  await write(context, (target) => removeResource(target, row.id))
  auditProtection(context, 'DELETE', 'RESOURCE', `resource_set/${row.id}`, arrangeRepresentation(resourceRepresentation, before))
  return { status: 204 }
}
