/**
 * The Admin REST API: a folder per resource, and in each the rows of the route table with the role a caller needs. Not here: how realms
 * are written (transfer), what a representation looks like. May call everything to its left but the protocol endpoints.
 */
import { notFoundResponse } from '../http/error-responses.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import { type AdminRoute, adminContext, adminPreflight, toRoute } from './admin-route.ts'
import { authenticationAdminRoutes } from './authentication/routes.ts'
import { authorizationAdminRoutes } from './authorization/routes.ts'
import { clientScopeAdminRoutes } from './client-scopes/routes.ts'
import { clientAdminRoutes } from './clients/routes.ts'
import { consoleAdminRoutes } from './console/routes.ts'
import { whoamiRoutes } from './console/whoami.ts'
import { groupAdminRoutes } from './groups/routes.ts'
import { identityProviderAdminRoutes } from './identity-providers/routes.ts'
import { notBuiltRoutes } from './not-built.ts'
import { organizationAdminRoutes } from './organizations/routes.ts'
import { realmCollectionRoutes } from './realms/realms.ts'
import { realmAdminRoutes } from './realms/routes.ts'
import { roleAdminRoutes } from './roles/routes.ts'
import { serverInfoRoutes } from './server-info/server-info.ts'
import type { AdminServices } from './services.ts'
import { userAdminRoutes } from './users/routes.ts'

/** The rows below /admin/realms/{realm}. */
export const adminTable: readonly AdminRoute[] = [
  ...realmAdminRoutes,
  ...clientAdminRoutes,
  ...clientScopeAdminRoutes,
  ...roleAdminRoutes,
  ...groupAdminRoutes,
  ...userAdminRoutes,
  ...authenticationAdminRoutes,
  ...identityProviderAdminRoutes,
  ...organizationAdminRoutes,
  ...authorizationAdminRoutes,
  ...consoleAdminRoutes,
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

/** The rows above a realm. */
export const rootRoutes: readonly Route<AdminServices>[] = [...realmCollectionRoutes, ...serverInfoRoutes, ...whoamiRoutes]

/** What is built; the rest of the reference's operations answers that it is not. */
export const builtRoutes: readonly Route<AdminServices>[] = [...rootRoutes, ...adminTable.map(toRoute)]

export const adminRoutes: readonly Route<AdminServices>[] = [...builtRoutes, ...notBuiltRoutes(builtRoutes), ...unknownPaths]
