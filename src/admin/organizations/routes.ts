/** Organizations: members, invitations, groups, identity providers. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'

export const organizationAdminRoutes: readonly AdminRoute[] = []
