/** Roles of realms and clients, composites, who has them, what scopes they are mapped to. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { compositeRoutes } from './composites.ts'
import { managementPermissionRoutes } from './management-permissions.ts'
import { roleMappingRoutes } from './role-mappings.ts'
import { roleMemberRoutes } from './role-members.ts'
import { roleRoutes } from './roles.ts'
import { scopeMappingRoutes } from './scope-mappings.ts'

export const roleAdminRoutes: readonly AdminRoute[] = [
  ...roleRoutes,
  ...compositeRoutes,
  ...roleMemberRoutes,
  ...roleMappingRoutes,
  ...scopeMappingRoutes,
  ...managementPermissionRoutes,
]
