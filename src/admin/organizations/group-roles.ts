import { roleMappings } from '../../storage/role-mappings.ts'
import type { AdminRoute } from '../admin-route.ts'
import { roleMappingRoutesOf } from '../roles/role-mappings.ts'
import { manageOrganizations, viewOrganizations } from './access.ts'
import { findGroup } from './group-of.ts'

/** Roles of an organization's groups. They make nobody an administrator: they are the members' in the organization alone. */
export const organizationGroupRoleRoutes: readonly AdminRoute[] = roleMappingRoutesOf(
  '/organizations/:organization/groups/:group',
  async (context) => {
    const { group } = await findGroup(context, viewOrganizations)
    return { mappings: (sql) => roleMappings(sql, 'organization-group', group.id), inSnapshot: true }
  },
  { view: viewOrganizations, manage: manageOrganizations },
)
