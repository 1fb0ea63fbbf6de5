/** Identity providers of a realm and their mappers. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'

export const identityProviderAdminRoutes: readonly AdminRoute[] = []
