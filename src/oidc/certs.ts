import { anyOrigin } from '../http/cors.ts'
import type { Route } from '../http/routes.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import { realmOf, requireHttps } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** The realm's public keys (RFC 7517), as bytes that are made once per snapshot. */
export const certsRoute: Route<OidcServices> = {
  method: 'GET',
  path: '/realms/:realm/protocol/openid-connect/certs',
  family: 'oauth',
  summary: 'JSON Web Key Set',
  preflight: 'GET',
  async handle(request, services) {
    const realm = await realmOf(request, services)
    requireHttps(realm, request)
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache', ...anyOrigin(request) },
      body: realm.derived(realmKeys).jwksBytes,
    }
  },
}
