import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { consoleRoles, type PlainRoleRow } from '../../storage/console-roles.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { silentJson } from '../bodies.ts'

export const roleCompositeRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/ui-ext/role-mappings/roles/:id',
    summary: 'What a role is composed of, by client',
    role: ['view-realm', 'manage-realm'],
    handle: listComposites,
  },
]

/** Client roles name their client by its clientId where other lists have its id (reference behaviour). */
async function listComposites({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const sql = roleRows(services.database)
  const role = await sql.findById(realm.id, request.params['id'] ?? '')
  if (role === undefined) throw new AdminError(404, { error: 'Could not find role' })
  const rows = await consoleRoles(services.database).composedOf(role.id)
  const [parents, names] = await Promise.all([
    sql.compositeParents(rows.map((row) => row.id)),
    clientRows(services.database).namesOf(realm.id, [...new Set(rows.flatMap((row) => row.client_id ?? []))]),
  ])
  const composite = new Set(parents.map((row) => row.parent_id))
  const nameOf = new Map(names.map((client) => [client.id, client.client_id]))
  const describe = (row: PlainRoleRow): RoleRepresentation => {
    const { description } = JSON.parse(row.doc) as RoleRepresentation
    return {
      id: row.id,
      name: row.name,
      ...(description === undefined ? {} : { description }),
      composite: composite.has(row.id),
      clientRole: row.client_id !== null,
      containerId: nameOf.get(row.client_id ?? '') ?? row.container_id,
    }
  }
  const ofRealm = rows.filter((row) => row.client_id === null)
  const ofClients = Map.groupBy(
    rows.filter((row) => row.client_id !== null),
    (row) => nameOf.get(row.client_id ?? '') ?? '',
  )
  const clientMappings = Array.from(ofClients, ([client, list]) => {
    return [client, { id: list[0]?.client_id, client, mappings: list.map(describe) }] as const
  })
  return silentJson({
    ...(ofRealm.length === 0 ? {} : { realmMappings: ofRealm.map(describe) }),
    ...(clientMappings.length === 0 ? {} : { clientMappings: Object.fromEntries(clientMappings) }),
  })
}
