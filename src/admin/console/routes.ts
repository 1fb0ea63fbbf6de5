/**
 * What the official console asks for beside the resources: server information, who is calling, lists of its own.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'

export const consoleAdminRoutes: readonly AdminRoute[] = []
