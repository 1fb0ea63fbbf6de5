/**
 * Clients: their settings, secrets and certificates, protocol mappers, scopes, what their tokens would hold.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { clientRoutes } from './clients.ts'
import { secretRoutes } from './secrets.ts'

export const clientAdminRoutes: readonly AdminRoute[] = [...clientRoutes, ...secretRoutes]
