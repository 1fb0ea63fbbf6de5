/**
 * Authorization services of a client: its resource server, resources, scopes, policies, permissions, evaluation.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'

export const authorizationAdminRoutes: readonly AdminRoute[] = []
