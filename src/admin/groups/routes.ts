/** The tree of groups, its members and roles, and the groups that new users join. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'

export const groupAdminRoutes: readonly AdminRoute[] = []
