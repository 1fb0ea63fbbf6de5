/** Client scopes with their protocol mappers, and which of them new clients get. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { clientScopeRoutes } from './client-scopes.ts'
import { defaultScopeRoutes } from './default-scopes.ts'
import { protocolMapperRoutes } from './protocol-mappers.ts'

export const clientScopeAdminRoutes: readonly AdminRoute[] = [...clientScopeRoutes, ...defaultScopeRoutes, ...protocolMapperRoutes]
