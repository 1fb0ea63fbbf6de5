import { anyOrigin } from '../http/cors.ts'
import { notFoundResponse } from '../http/error-responses.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { requireJsonAccepted } from './acceptable.ts'
import { oidcMetadata, umaMetadata } from './metadata.ts'
import { realmOf, requireHttps } from './realm-of.ts'
import type { OidcServices } from './services.ts'

type Metadata = (issuer: string, realm: RealmSnapshot) => object

/** Well-known documents by their last path segment (OpenID Connect Discovery section 4, RFC 8414, UMA 2.0 section 2). */
const documents: ReadonlyMap<string, Metadata> = new Map<string, Metadata>([
  ['openid-configuration', oidcMetadata],
  ['oauth-authorization-server', oidcMetadata],
  ['uma2-configuration', umaMetadata],
])

/** Without a fixed hostname the issuer follows the Host header, so that there may be several; more than these are made anew each time. */
const hostsMax = 16

type Documents = Map<string, Buffer>

/** A store for the documents of one snapshot; for `realm.derived`. */
const prepared = (_realm: RealmSnapshot): Documents => new Map()

async function discovery(request: HttpRequest, services: OidcServices, name = request.params['document'] ?? ''): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const metadata = documents.get(name)
  if (metadata === undefined) return notFoundResponse()
  requireHttps(realm, request)
  requireJsonAccepted(request, 'The accept header value did not match the value in @Produces')
  const issuer = issuerOf(request.baseUrl, realm)
  const key = `${name} ${issuer}`
  const store = realm.derived(prepared)
  let body = store.get(key)
  if (body === undefined) {
    body = Buffer.from(JSON.stringify(metadata(issuer, realm)))
    if (store.size < hostsMax) store.set(key, body)
  }
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache, must-revalidate, no-transform, no-store',
      ...anyOrigin(request),
    },
    body,
  }
}

export const discoveryRoutes: readonly Route<OidcServices>[] = [
  {
    method: 'GET',
    path: '/realms/:realm/.well-known/:document',
    family: 'oauth',
    summary: 'Provider metadata: openid-configuration, oauth-authorization-server, uma2-configuration',
    preflight: 'GET',
    handle: (request, services) => discovery(request, services),
  },
  {
    method: 'POST',
    path: '/realms/:realm/.well-known/:document',
    family: 'oauth',
    summary: 'Answers 404, as the reference does',
    handle: async () => notFoundResponse(),
  },
  {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server/realms/:realm',
    family: 'oauth',
    summary: 'Authorization server metadata at the place that RFC 8414 gives it',
    preflight: 'GET',
    handle: (request, services) => discovery(request, services, 'oauth-authorization-server'),
  },
]
