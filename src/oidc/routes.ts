/**
 * The protocol room: OAuth 2.0 and OpenID Connect endpoints, one file each, with the grants and client authentication methods they
 * choose from. Not here: how tokens are made, sessions, the Admin API. May call everything to its left.
 */
import { notFoundResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import { authorizeRoutes } from './authorize.ts'
import { backchannelLogoutRoute } from './backchannel-logout.ts'
import { certsRoute } from './certs.ts'
import { discoveryRoutes } from './discovery.ts'
import { introspectRoute } from './introspect.ts'
import { loginStatusIframeRoutes } from './login-status-iframe.ts'
import { logoutRoutes } from './logout.ts'
import { parRoute } from './par.ts'
import { protectionRoutes } from './protection/routes.ts'
import { realmInfoRoute } from './realm-info.ts'
import { realmOf } from './realm-of.ts'
import { revokeRoute } from './revoke.ts'
import type { OidcServices } from './services.ts'
import { thirdPartyCookieRoutes } from './third-party-cookies.ts'
import { tokenRoute } from './token.ts'
import { tokenInfoRoutes } from './token-info.ts'
import { userinfoRoutes } from './userinfo.ts'

const methods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Paths below a realm that nothing else answers: an unknown realm is told as such, then the path. */
const unknownPaths: readonly Route<OidcServices>[] = methods.flatMap((method): Route<OidcServices>[] => [
  {
    method,
    path: '/realms/:realm/*',
    family: 'oauth',
    summary: 'Unknown path below a realm',
    async handle(request, services) {
      await realmOf(request, services)
      return notFoundResponse()
    },
  },
  {
    method,
    path: '/realms/:realm/protocol/:protocol/*',
    family: 'oauth',
    summary: 'Unknown path below a protocol',
    async handle(request, services) {
      await realmOf(request, services)
      if (request.params['protocol'] !== 'openid-connect') throw new OAuthError('Protocol not found', undefined, { status: 404 })
      return notFoundResponse()
    },
  },
])

export const oidcRoutes: readonly Route<OidcServices>[] = [
  realmInfoRoute,
  ...discoveryRoutes,
  certsRoute,
  ...authorizeRoutes,
  parRoute,
  tokenRoute,
  introspectRoute,
  ...tokenInfoRoutes,
  ...userinfoRoutes,
  ...logoutRoutes,
  backchannelLogoutRoute,
  revokeRoute,
  ...loginStatusIframeRoutes,
  ...thirdPartyCookieRoutes,
  ...protectionRoutes,
  ...unknownPaths,
]
