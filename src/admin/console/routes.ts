/**
 * What the official console asks for beside the resources: server information, who is calling, lists of its own.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { consoleAuthenticationRoutes } from './authentication.ts'
import { consoleRealmRoutes } from './realms.ts'
import { roleCompositeRoutes } from './role-composites.ts'
import { consoleRoleRoutes } from './roles.ts'
import { consoleSessionRoutes } from './sessions.ts'
import { consoleUserRoutes } from './users.ts'

export const consoleAdminRoutes: readonly AdminRoute[] = [
  ...consoleAuthenticationRoutes,
  ...consoleRealmRoutes,
  ...roleCompositeRoutes,
  ...consoleRoleRoutes,
  ...consoleSessionRoutes,
  ...consoleUserRoutes,
]
