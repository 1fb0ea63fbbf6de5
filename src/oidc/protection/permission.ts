import type { ResourceServer } from '../../authorization/resource-server.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpResponse } from '../../http/values.ts'
import { list, object } from '../../representations/fields.ts'
import { type PermissionRequest, permissionRequest } from '../../representations/uma.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../../storage/authorization-resources.ts'
import { type AuthorizationScopeRow, authorizationScopes } from '../../storage/authorization-scopes.ts'
import type { Sql } from '../../storage/sql.ts'
import type { OidcServices } from '../services.ts'
import { signTicket, type TicketPermission } from './permission-token.ts'
import { createdJson, type ProtectionRequest, protectionRoute, readList, refusal } from './protection-request.ts'

/** The permission endpoint (UMA 2.0 Federated Authorization, section 4): a ticket for what somebody tried to do. */
export const permissionRoutes: readonly Route<OidcServices>[] = [
  protectionRoute('POST', '/permission', 'Get a ticket for permissions', 'user', createTicket),
]

/** Resources and scopes in one request: policies are asked for each. */
const permissionsMax = 1_000

async function createTicket(context: ProtectionRequest): Promise<HttpResponse> {
  const { request, services, realm, server, identity } = context
  const given = request.body.length === 0 ? [] : readList(context, list(object(() => permissionRequest)))
  if (given.length === 0 || given.length > permissionsMax) {
    throw refusal(400, 'invalid_permission_request', 'Invalid permission request.')
  }
  const permissions = await resolve(context, given)
  const claims = Object.assign({}, ...given.map((one) => one.claims ?? {})) as Record<string, string[]>
  const ticket = { permissions, claims: Object.keys(claims).length === 0 ? undefined : claims, audience: server.clientId }
  return createdJson({ ticket: await signTicket(services, realm, request, ticket, identity.user.id) })
}

/** Ids of resources that are named by id or name, and names of scopes. A fixed number of statements. */
async function resolve(
  { services, server, identity }: ProtectionRequest,
  given: readonly PermissionRequest[],
): Promise<TicketPermission[]> {
  const stored = authorizationResources(services.database)
  const texts = given.flatMap(({ resource_id }) => resource_id ?? [])
  const own = texts.length === 0 ? [] : await stored.named(server.id, identity.id, texts)
  const ofServer = texts.length === 0 || identity.id === server.id ? [] : await stored.named(server.id, server.id, texts)
  const rows = [...own, ...ofServer]
  const names = [...new Set(given.flatMap(({ resource_scopes = [] }) => resource_scopes))]
  const scopes = names.length === 0 ? [] : await authorizationScopes(services.database).named(server.id, names)
  const namesOf = await scopeNamesOfResources(services.database, server, rows, scopes)
  const allNames = new Set(scopes.map(({ name }) => name))
  return given.map(({ resource_id: text, resource_scopes: wanted = [] }) => {
    if (text === undefined && wanted.length === 0) throw refusal(400, 'invalid_resource_id', 'Resource id or name not provided.')
    const row = rows.find(({ id }) => id === text) ?? rows.find(({ name }) => name === text)
    if (text !== undefined && row === undefined) {
      throw refusal(400, 'invalid_resource_id', `Resource set with id [${text}] does not exists in this server.`)
    }
    const known = row === undefined ? allNames : namesOf.get(row.id)
    const unknown = wanted.find((name) => known?.has(name) !== true)
    if (unknown !== undefined) throw refusal(400, 'invalid_scope', `Scope [${unknown}] is invalid`)
    return { ...(wanted.length === 0 ? {} : { scopes: wanted }), ...(row === undefined ? {} : { rsid: row.id }) }
  })
}

/** By resource, the names of those scopes that it has, those of the server's resources of its type too. Two statements. */
async function scopeNamesOfResources(
  sql: Sql,
  server: ResourceServer,
  rows: readonly AuthorizationResourceRow[],
  scopes: readonly AuthorizationScopeRow[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const stored = authorizationResources(sql)
  const types = [...new Set(rows.flatMap(({ type }) => type ?? []))]
  const own = rows.length === 0 ? [] : await stored.scopes(rows.map(({ id }) => id))
  const inherited = types.length === 0 ? [] : await stored.scopesOfTypes(server.id, types)
  const nameOf = new Map(scopes.map(({ id, name }) => [id, name]))
  const byResource = Map.groupBy(own, (scope) => scope.resource_id)
  const byType = Map.groupBy(inherited, (scope) => scope.type)
  return new Map(
    rows.map(({ id, type }) => {
      const ids = [...(byResource.get(id) ?? []).map((scope) => scope.id), ...(byType.get(type ?? '') ?? []).map((scope) => scope.scope_id)]
      return [id, new Set(ids.flatMap((scopeId) => nameOf.get(scopeId) ?? []))] as const
    }),
  )
}
