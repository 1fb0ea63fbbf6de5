/** Flows, executions, authenticator configurations, required actions. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'

export const authenticationAdminRoutes: readonly AdminRoute[] = []
