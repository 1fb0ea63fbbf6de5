import { createHash } from 'node:crypto'
import { secretsEqual } from '../../crypto/compare.ts'
import { withCookies } from '../../http/cookies.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { RegistryServices } from '../services.ts'
import { addressesOf } from './addresses.ts'
import { draw } from './draw.ts'
import { noticePage } from './notice-page.ts'
import { expireSignIn, pageSessionCookie, readSignIn, signInCookieOf } from './page-session.ts'

/** A client that every realm has, and whose redirect URIs the pages are below: no realm gets one more for them. */
export const signInClient = 'security-admin-console'

const oidcOf = ({ baseUrl }: HttpRequest, realm: RealmSnapshot): string => `${issuerOf(baseUrl, realm)}/protocol/openid-connect`

/** Sends the browser to the realm's login (OpenID Connect Core section 3.1.2.1, RFC 7636). */
export async function beginSignIn(request: HttpRequest, services: RegistryServices, realm: RealmSnapshot): Promise<HttpResponse> {
  const text = (): string => services.random.bytes(32).toString('base64url')
  const pending = { state: text(), nonce: text(), verifier: text() }
  const query = new URLSearchParams({
    client_id: signInClient,
    redirect_uri: addressesOf(request, realm).signedIn,
    response_type: 'code',
    scope: 'openid',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: createHash('sha256').update(pending.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const response = { status: 302, headers: { location: `${oidcOf(request, realm)}/auth?${query}`, 'cache-control': 'no-store' } }
  return withCookies(response, [await signInCookieOf({ request, realm, clock: services.clock }, pending)])
}

/**
 * The browser comes back with a code. What follows is no redirect but a page that goes on by itself: the session's cookie is `Strict`, and
 * does not travel along a chain of redirects that another site has begun.
 */
export async function endSignIn(request: HttpRequest, services: RegistryServices, realm: RealmSnapshot): Promise<HttpResponse> {
  const { clock, random } = services
  const context = { request, realm, clock }
  const { list, signedIn } = addressesOf(request, realm)
  const query = readQuery(request)
  const pending = readSignIn(context)
  const [code, state] = [query.get('code'), query.get('state')]
  const isOurs = pending !== undefined && state !== undefined && secretsEqual(state, pending.state)
  const redeemed =
    isOurs && code !== undefined
      ? await services.signIn.redeem(request, realm, { clientId: signInClient, code, redirectUri: signedIn, verifier: pending.verifier })
      : undefined
  if (redeemed === undefined || redeemed.nonce !== pending?.nonce) {
    const failed = draw({ request, services, realm }, noticePage({ key: 'registrySignInFailed', status: 400, backUrl: list }))
    return withCookies(failed, [expireSignIn(context)])
  }
  const page = draw({ request, services, realm }, noticePage({ key: 'registrySignedIn', status: 200, nextUrl: list }))
  const response = { ...page, headers: { ...page.headers, refresh: `0; url=${list}` } }
  return withCookies(response, [expireSignIn(context), await pageSessionCookie({ ...context, random }, redeemed)])
}

/** Where the realm's own logout asks whether it is meant, and comes back from. */
export function logoutAddress(request: HttpRequest, realm: RealmSnapshot): string {
  const query = new URLSearchParams({ client_id: signInClient, post_logout_redirect_uri: addressesOf(request, realm).list })
  return `${oidcOf(request, realm)}/logout?${query}`
}
