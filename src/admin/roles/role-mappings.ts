import { AdminError } from '../../http/errors.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { roleMappings } from '../../storage/role-mappings.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { findGroup } from '../groups/find-group.ts'
import { findUser } from '../users/users.ts'
import { beyondReach } from './admin-rights.ts'
import type { RoleContainer } from './find-role.ts'
import { type MappingPaths, mappingRoutes, type RoleHolder } from './mappings.ts'

const rights = { view: ['view-users', 'manage-users'], manage: ['manage-users'] } as const

/** The routes of roles that somebody has, below a path: `/groups/:group`. For holders whose roles make them administrators. */
export const roleMappingRoutesOf = (
  path: string,
  find: (context: AdminContext) => Promise<RoleHolder>,
  { view, manage }: Pick<MappingPaths, 'view' | 'manage'> = rights,
): AdminRoute[] =>
  mappingRoutes({
    path: `${path}/role-mappings`,
    view,
    manage,
    resourceType: 'ROLE_MAPPING',
    clientMissing: 'Client not found',
    find,
    named: namedRoles,
    // Who may not map anything is shown that nothing is available (reference behaviour).
    barred: async (context, rows) => {
      const may = manage === 'any' || context.permissions.has(...manage)
      return may
        ? beyondReach(
            context,
            rows.map((row) => row.id),
          )
        : new Set(rows.map((row) => row.id))
    },
  })

export const roleMappingRoutes: readonly AdminRoute[] = [
  ...roleMappingRoutesOf('/users/:user', async (context) => {
    const { id, service_account_client_id } = await findUser(context)
    return { mappings: (sql) => roleMappings(sql, 'user', id), inSnapshot: service_account_client_id !== null }
  }),
  ...roleMappingRoutesOf('/groups/:group', async (context) => {
    const { id } = await findGroup(context)
    // A service account may be a member.
    return { mappings: (sql) => roleMappings(sql, 'group', id), inSnapshot: true }
  }),
]

/** The roles of the container that a body names: by name, and their ids must be right. */
async function namedRoles({ services }: AdminContext, container: RoleContainer, given: readonly RoleRepresentation[]): Promise<RoleRow[]> {
  const rows = await roleRows(services.database).findNames(
    container.id,
    given.map(({ name }) => name ?? ''),
  )
  const byName = new Map(rows.map((row) => [row.name, row]))
  return given.map(({ id, name }) => {
    const row = byName.get(name ?? '')
    if (row === undefined || name === undefined || id !== row.id) throw new AdminError(404, { error: 'Role not found' })
    return row
  })
}
