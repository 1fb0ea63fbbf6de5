/** The tree of groups, its members and roles, and the groups that new users join. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { defaultGroupRoutes } from './default-groups.ts'
import { groupRoutes } from './groups.ts'
import { groupSearchRoutes } from './search-groups.ts'
import { userGroupRoutes } from './user-groups.ts'

export const groupAdminRoutes: readonly AdminRoute[] = [...groupRoutes, ...groupSearchRoutes, ...defaultGroupRoutes, ...userGroupRoutes]
