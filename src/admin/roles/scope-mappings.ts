import { AdminError } from '../../http/errors.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { roleMappings } from '../../storage/role-mappings.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { forbidden } from '../permissions.ts'
import { isAdministrationClient } from './admin-rights.ts'
import type { RoleContainer } from './find-role.ts'
import { type MappingPaths, mappingRoutes, type RoleHolder } from './mappings.ts'

const common: Omit<MappingPaths, 'path' | 'find'> = {
  view: ['view-clients', 'manage-clients'],
  manage: ['manage-clients'],
  resourceType: 'SCOPE_MAPPING',
  clientMissing: 'Could not find client',
  named,
  barred,
}

export const scopeMappingRoutes: readonly AdminRoute[] = [
  ...mappingRoutes({ ...common, path: '/clients/:client/scope-mappings', find: findClient }),
  // Client templates are client scopes under their old name.
  ...['client-scopes', 'client-templates'].flatMap((name) =>
    mappingRoutes({ ...common, path: `/${name}/:scope/scope-mappings`, find: findScope }),
  ),
]

async function findClient({ request, services, realm }: AdminContext): Promise<RoleHolder> {
  const row = await clientRows(services.database).findById(realm.id, request.params['client'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find client' })
  if (request.method !== 'GET' && isAdministrationClient(realm, row.client_id)) throw forbidden()
  const { fullScopeAllowed } = JSON.parse(row.doc) as ClientRepresentation
  return { mappings: (sql) => roleMappings(sql, 'client', row.id), inSnapshot: true, hasAll: fullScopeAllowed === true }
}

async function findScope({ request, services, realm }: AdminContext): Promise<RoleHolder> {
  const row = await scopeRows(services.database).findById(realm.id, request.params['scope'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find client scope' })
  return { mappings: (sql) => roleMappings(sql, 'client-scope', row.id), inSnapshot: true }
}

/** Roles of a client are named by their names, all others by their ids, whatever they belong to (reference behaviour). */
async function named(
  { services, realm }: AdminContext,
  container: RoleContainer,
  given: readonly RoleRepresentation[],
): Promise<RoleRow[]> {
  const rows = roleRows(services.database)
  const keys = given.map(({ id, name }) => (container.client === undefined ? id : name))
  if (container.client === undefined && keys.some((key) => key === undefined)) throw broken()
  const texts = keys.map((key) => key ?? '')
  const found = container.client === undefined ? await rows.findIds(realm.id, texts) : await rows.findNames(container.id, texts)
  const known = new Set(found.map((row) => (container.client === undefined ? row.id : row.name)))
  if (keys.some((key) => key === undefined || !known.has(key))) throw new AdminError(404, { error: 'Role not found' })
  return found
}

/** What the reference answers where it expects an id. */
const broken = (): AdminError =>
  new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

/**
 * A scope gives no rights: it lets those that a user has be shown. Roles of the realm need its management, those of clients that of clients
 * (reference behaviour).
 */
async function barred({ permissions }: AdminContext, rows: readonly RoleRow[]): Promise<ReadonlySet<string>> {
  const mayMap = ({ client_id }: RoleRow): boolean => permissions.has(client_id === null ? 'manage-realm' : 'manage-clients')
  return new Set(rows.filter((row) => !mayMap(row)).map((row) => row.id))
}
