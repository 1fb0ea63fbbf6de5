import { anyOrigin } from '../http/cors.ts'
import type { Route } from '../http/routes.ts'
import { jsonResponse } from '../http/values.ts'
import { realmPublicKey } from '../keys/realm-keys.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { requireJsonAccepted } from './acceptable.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** PublishedRealmRepresentation: what old adapters read first. */
export const realmInfoRoute: Route<OidcServices> = {
  method: 'GET',
  path: '/realms/:realm',
  family: 'oauth',
  summary: 'Public information about a realm',
  preflight: 'GET, HEAD, OPTIONS',
  async handle(request, services) {
    const realm = await realmOf(request, services)
    requireJsonAccepted(request)
    const issuer = issuerOf(request.baseUrl, realm)
    const body = {
      realm: realm.name,
      public_key: realm.derived(realmPublicKey),
      'token-service': `${issuer}/protocol/openid-connect`,
      'account-service': `${issuer}/account`,
      'tokens-not-before': realm.settings.notBefore ?? 0,
    }
    return jsonResponse(200, body, { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-cache', ...anyOrigin(request) })
  },
}
