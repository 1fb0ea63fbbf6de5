import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { printRepresentations } from '../../representations/print.ts'
import { userRepresentation } from '../../representations/user.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import { membersPage } from '../../storage/members.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter, jsonText, pageParameters } from '../bodies.ts'
import { describeGroups } from '../groups/describe-groups.ts'
import { describeUsers } from '../users/users.ts'
import { namedRoles, type RoleAddress } from './find-role.ts'

export const roleMemberRoutes: readonly AdminRoute[] = namedRoles.flatMap((address): AdminRoute[] => [
  {
    method: 'GET',
    path: `${address.path}/users`,
    summary: 'Users to whom a role is mapped',
    role: address.view,
    handle: (context) => listUsers(context, address),
  },
  {
    method: 'GET',
    path: `${address.path}/groups`,
    summary: 'Groups to which a role is mapped',
    role: address.view,
    handle: (context) => listGroups(context, address),
  },
])

/** Members of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 100

/** Who may look for users is shown those of a role, too (reference behaviour). Users who have the role by a group or a composite are none of them. */
async function listUsers(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  permissions.require('query-users', 'view-users', 'manage-users')
  const { row } = await address.find(context)
  const query = readQuery(request)
  const rows = await membersPage(services.database, 'role', { id: row.id, realmId: realm.id }, pageParameters(query, pageDefault))
  const brief = flagParameter(query, 'briefRepresentation') ?? false
  return jsonText(printRepresentations(userRepresentation, await describeUsers(context, rows, { brief })))
}

async function listGroups(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { request, services } = context
  const { row } = await address.find(context)
  const query = readQuery(request)
  const rows = await groupRows(services.database).withRole(row.id, pageParameters(query, pageDefault))
  const brief = flagParameter(query, 'briefRepresentation') ?? true
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(services.database, rows, { brief })))
}
