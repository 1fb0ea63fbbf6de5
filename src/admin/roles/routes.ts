/** Roles of realms and clients, composites, who has them, what scopes they are mapped to. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { roleMappingRoutes } from './role-mappings.ts'

export const roleAdminRoutes: readonly AdminRoute[] = [...roleMappingRoutes]
