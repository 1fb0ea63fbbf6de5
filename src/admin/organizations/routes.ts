/** Organizations: members, invitations, groups, identity providers. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { groupMemberRoutes } from './group-members.ts'
import { organizationGroupRoleRoutes } from './group-roles.ts'
import { organizationGroupRoutes } from './groups.ts'
import { organizationProviderRoutes } from './identity-providers.ts'
import { invitationRoutes } from './invitations.ts'
import { memberRoutes } from './members.ts'
import { organizationRoutes } from './organizations.ts'

export const organizationAdminRoutes: readonly AdminRoute[] = [
  ...organizationRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...organizationGroupRoutes,
  ...groupMemberRoutes,
  ...organizationGroupRoleRoutes,
  ...organizationProviderRoutes,
]
