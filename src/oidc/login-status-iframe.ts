import { readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { cookieNames } from '../login/cookies.ts'
import { allowsOrigin } from '../realm/web-origins.ts'
import { framePage, mayUseCookies } from './frame-page.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

const path = '/realms/:realm/protocol/openid-connect/login-status-iframe.html'

/**
 * The frame that tells an application whether its user is still logged in (OpenID Connect Session Management section 3): it gets the
 * message `clientId sessionState` and answers `unchanged`, `changed` or `error`. The browser's cookie holds the hash of the session id,
 * so that scripts which can read it learn nothing of use. The server is asked once whether the client may ask from its origin.
 */
const page = framePage(`${mayUseCookies}
let permitted
const mayAsk = async (clientId, origin) => {
  if (permitted === undefined) {
    permitted = { clientId, origin, answer: undefined }
    const address = new URL(location.pathname + '/init', location.origin)
    address.search = new URLSearchParams({ client_id: clientId, origin })
    permitted.answer = fetch(address).then((response) => response.ok, () => false)
  }
  return permitted.clientId === clientId && permitted.origin === origin && (await permitted.answer)
}

const sessionCookie = () => {
  const start = '${cookieNames.session}='
  const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(start))
  return found?.slice(start.length).replace(/^"|"$/g, '')
}

const hashOf = async (text) => {
  const digest = await crypto.subtle.digest('SHA-384', new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll('+', '-').replaceAll('/', '_')
}

const statusOf = async (clientId, origin, sessionState) => {
  if (!(await mayUseCookies()) || !(await mayAsk(clientId, origin))) return 'error'
  const cookie = sessionCookie()
  if (!cookie) return sessionState === '' ? 'unchanged' : 'changed'
  return cookie === (await hashOf(sessionState)) ? 'unchanged' : 'changed'
}

window.addEventListener('message', async ({ data, origin, source }) => {
  const [clientId, sessionState, ...more] = typeof data === 'string' ? data.split(' ') : []
  if (sessionState === undefined || more.length > 0) return
  source.postMessage(await statusOf(clientId, origin, sessionState).catch(() => 'error'), origin)
})
`)

export const loginStatusIframeRoutes: readonly Route<OidcServices>[] = [
  {
    method: 'GET',
    path,
    family: 'page',
    summary: 'Frame that watches the login status',
    async handle(request, services) {
      await realmOf(request, services)
      return page
    },
  },
  {
    method: 'GET',
    path: `${path}/init`,
    family: 'page',
    summary: 'Whether a client may watch the login status from an origin',
    async handle(request, services) {
      const realm = await realmOf(request, services)
      const query = readQuery(request)
      const origin = query.get('origin')
      const client = await realm.client(query.get('client_id') ?? '')
      const isOwn = origin === new URL(request.baseUrl).origin
      const isAllowed = client?.enabled === true && origin !== undefined && (isOwn || client.derived(allowsOrigin)(origin))
      return { status: isAllowed ? 204 : 403, headers: { 'x-frame-options': [] } }
    },
  },
]
