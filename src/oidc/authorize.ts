import { PageError } from '../http/errors.ts'
import type { Route } from '../http/routes.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** The authorization endpoint. Until there are login flows it knows how to refuse alone: a disabled realm, and everybody else. */
export const authorizeRoute: Route<OidcServices> = {
  method: 'GET',
  path: '/realms/:realm/protocol/openid-connect/auth',
  family: 'page',
  summary: 'Authorization endpoint (no login flows yet)',
  async handle(request, services) {
    const realm = await realmOf(request, services)
    if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
    throw new PageError('pageNotFound', 404)
  },
}
