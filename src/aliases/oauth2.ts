import type { Route } from '../http/routes.ts'
import { authorizeRoutes } from '../oidc/authorize.ts'
import { revokeRoute } from '../oidc/revoke.ts'
import type { OidcServices } from '../oidc/services.ts'
import { tokenRoute } from '../oidc/token.ts'

import { tokenInfoRoutes } from '../oidc/token-info.ts'
import { isNavigation, toCanonical } from './entrances.ts'

const authPath = '/realms/:realm/protocol/openid-connect/auth'

/** `/oauth2/{auth,token,tokeninfo,revoke}`: endpoints of one realm without its name in the path. */
export function oauth2Routes(realm: string): readonly Route<OidcServices>[] {
  const canonical = (path: string): string => path.replace(':realm', encodeURIComponent(realm))
  const entrances = authorizeRoutes.filter(({ path }) => path === authPath)
  const endpoints = [...entrances, tokenRoute, ...tokenInfoRoutes, revokeRoute]
  return endpoints.map((route) => ({
    ...route,
    path: `/oauth2/${route.path.slice(route.path.lastIndexOf('/') + 1)}`,
    async handle(request, services) {
      const path = canonical(route.path)
      if (route.path === authPath && isNavigation(request)) return toCanonical(request, path)
      return route.handle({ ...request, path, params: { realm } }, services)
    },
  }))
}
