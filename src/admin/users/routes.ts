/**
 * People: search, accounts, credentials, consents, links to identity providers, profile configuration.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { userChangeRoutes } from './user-changes.ts'
import { userRoutes } from './users.ts'

export const userAdminRoutes: readonly AdminRoute[] = [...userChangeRoutes, ...userRoutes]
