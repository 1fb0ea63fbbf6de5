/** Client scopes with their protocol mappers, and which of them new clients get. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'

export const clientScopeAdminRoutes: readonly AdminRoute[] = []
