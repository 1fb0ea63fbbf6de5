/**
 * The Admin REST API: one file per resource, and in each the rows of the route table with the role a caller needs. Not here: how realms
 * are written (transfer), what a representation looks like. May call everything to its left but the protocol endpoints.
 */
import { notFoundResponse } from '../http/error-responses.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import { type AdminRoute, adminContext, adminPreflight, toRoute } from './admin-route.ts'
import { attackDetectionRoutes } from './attack-detection.ts'
import { clientRoutes } from './clients.ts'
import { eventRoutes } from './events.ts'
import { realmCollectionRoutes, realmRoutes } from './realms.ts'
import { roleMappingRoutes } from './role-mappings.ts'
import type { AdminServices } from './services.ts'
import { sessionRoutes } from './sessions.ts'
import { userChangeRoutes } from './user-changes.ts'
import { userRoutes } from './users.ts'

/** The rows below /admin/realms/{realm}. */
export const adminTable: readonly AdminRoute[] = [
  ...realmRoutes,
  ...clientRoutes,
  ...roleMappingRoutes,
  ...userRoutes,
  ...userChangeRoutes,
  ...sessionRoutes,
  ...attackDetectionRoutes,
  ...eventRoutes,
]

const methods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Paths that nothing answers: strangers are told 401 first, so that they cannot map the API. A POST to a realm is one of them. */
const unknown = [
  ...methods.map((method) => ({ method, path: '/admin/realms/:realm/*' })),
  { method: 'POST', path: '/admin/realms/:realm' },
] as const

const unknownPaths = unknown.map(
  ({ method, path }): Route<AdminServices> => ({
    method,
    path,
    family: 'admin',
    summary: 'Unknown path of the Admin API',
    preflight: adminPreflight,
    async handle(request, services) {
      await adminContext(request, services)
      return notFoundResponse()
    },
  }),
)

export const adminRoutes: readonly Route<AdminServices>[] = [...realmCollectionRoutes, ...adminTable.map(toRoute), ...unknownPaths]
