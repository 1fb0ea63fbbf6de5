import { nowSeconds } from '../clock.ts'
import { randomSessionId } from '../crypto/random.ts'
import { readCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import { signJwt } from '../keys/sign.ts'
import { ownSigningKey } from '../keys/signing-key.ts'
import { clientUrl } from '../login/client-url.ts'
import { cookieNames, expireLoginCookies, readRootId, rootIdCookie } from '../login/cookies.ts'
import { requestedLocale } from '../login/locale.ts'
import { errorContent } from '../login/pages/error.ts'
import { frontchannelLogoutPage } from '../login/pages/frontchannel-logout.ts'
import { infoPage } from '../login/pages/info.ts'
import { logoutConfirmPage } from '../login/pages/logout-confirm.ts'
import type { Message, PageContent } from '../login/pages/page.ts'
import { renderPage } from '../login/pages/render.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { Client } from '../realm/model.ts'
import type { EndedSession } from '../sessions/logout.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { verifyToken } from '../tokens/verify.ts'
import type { AskedLogout, LogoutContext } from './logout-request.ts'
import { withState } from './post-logout-redirect.ts'

/** Answers to a browser that wants to log out. Each says which browser it is, so that a confirmation can be bound to it. */

const noCache = { 'cache-control': 'no-cache' } as const

/** What a confirmation page brings back: only this realm made it, only this browser may send it. */
const confirmationType = 'Logout-Request'
/** As long as a login page may be left open. */
const confirmationSecondsDefault = 1_800

export const logoutPath = (realmUrl: string): string => `${realmUrl}/protocol/openid-connect/logout`

function page({ realm, request, services, uiLocales }: LogoutContext, client: Client | undefined, content: PageContent): HttpResponse {
  const response = renderPage(
    { realm, client, request, themes: services.themes, uiLocales, locale: requestedLocale(realm, request) },
    content,
  )
  return { ...response, headers: { ...response.headers, ...noCache } }
}

const homeOf = ({ request }: LogoutContext, client: Client | undefined): string | undefined => client && clientUrl({ client, request })

export const refusal = (context: LogoutContext, client: Client | undefined, message: Pick<Message, 'key' | 'values'>): HttpResponse =>
  page(context, client, errorContent({ message }))

/** Adds the browser's id, and takes a login out of the browser that is over. */
export function forBrowser(context: LogoutContext, response: HttpResponse, end: { readonly loggedOut: boolean }): HttpResponse {
  const { realm, request, services } = context
  const rootId = readRootId(request, realm) ?? context.browserId ?? randomSessionId(services.random)
  const isStale = end.loggedOut && readCookies(request).has(cookieNames.identity)
  const cookies = [rootIdCookie(request, realm, rootId), ...(isStale ? expireLoginCookies(request, realm) : [])]
  return { ...response, headers: { ...response.headers, 'set-cookie': cookies } }
}

/** Asks the person. */
export async function confirmation(context: LogoutContext, asked: AskedLogout): Promise<HttpResponse> {
  const { realm, request, services } = context
  const rootId = readRootId(request, realm) ?? randomSessionId(services.random)
  const { client } = asked
  const issuer = issuerOf(request.baseUrl, realm)
  const now = nowSeconds(services.clock)
  const lifespan = realm.settings.accessCodeLifespanLogin || confirmationSecondsDefault
  const code = await signJwt(ownSigningKey(realm), {
    exp: now + lifespan,
    iat: now,
    iss: issuer,
    typ: confirmationType,
    root: rootId,
    client_id: client?.clientId,
    post_logout_redirect_uri: asked.redirectUri,
    state: asked.state,
    ui_locales: context.uiLocales,
    hinted_sid: asked.hint?.sessionId,
  })
  const query = new URLSearchParams()
  if (client) query.set('client_id', client.clientId)
  const again = new URLSearchParams(query)
  if (asked.redirectUri !== undefined) again.set('post_logout_redirect_uri', asked.redirectUri)
  if (asked.state !== undefined) again.set('state', asked.state)
  const content = logoutConfirmPage({
    actionUrl: `${logoutPath(issuer)}/logout-confirm?${query}`,
    code,
    backUrl: homeOf(context, client),
    url: `${logoutPath(issuer)}?${again}`,
  })
  return forBrowser({ ...context, browserId: rootId }, page(context, client, content), { loggedOut: context.session === undefined })
}

export interface Confirmed {
  readonly clientId: string | undefined
  readonly redirectUri: string | undefined
  readonly state: string | undefined
  readonly uiLocales: string | undefined
  /** The session that the application meant, which is not this browser's. */
  readonly hintedSessionId: string | undefined
}

/** What the person was asked; undefined when this browser was not asked, or too long ago. */
export function readConfirmation({ realm, request, services }: LogoutContext, code: string | undefined): Confirmed | undefined {
  const rootId = readRootId(request, realm)
  if (code === undefined || rootId === undefined) return undefined
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, code, [confirmationType])
  if ('fault' in verified || verified.claims['root'] !== rootId) return undefined
  const text = (name: string): string | undefined => {
    const value = verified.claims[name]
    return typeof value === 'string' ? value : undefined
  }
  const names = ['client_id', 'post_logout_redirect_uri', 'state', 'ui_locales', 'hinted_sid']
  const [clientId, redirectUri, state, uiLocales, hintedSessionId] = names.map(text)
  return { clientId, redirectUri, state, uiLocales, hintedSessionId }
}

/** Back to the application, or a page that says it is done; before that the frames of clients that are told by the browser. */
export function finished(context: LogoutContext, asked: AskedLogout, ended: EndedSession | undefined): HttpResponse {
  const continueUrl = asked.redirectUri === undefined ? undefined : withState(asked.redirectUri, asked.state)
  const clients = ended === undefined ? [] : framesOf(context, ended)
  if (clients.length > 0) {
    const response = page(context, asked.client, frontchannelLogoutPage({ clients, continueUrl }))
    return forBrowser(context, allowFrames(response, clients), { loggedOut: true })
  }
  // A client may want its users to see that they have left, and to go on by themselves.
  const isTold = continueUrl === undefined || asked.client?.attributes['logout.confirmation.enabled'] === 'true'
  const linkUrl = continueUrl ?? homeOf(context, asked.client)
  const response: HttpResponse = isTold
    ? page(context, asked.client, infoPage({ message: { key: 'successLogout' }, linkUrl }))
    : { status: 302, headers: { location: continueUrl, ...noCache } }
  return forBrowser(context, response, { loggedOut: true })
}

interface Frame {
  readonly name: string
  readonly url: string
}

function framesOf({ realm, request }: LogoutContext, { id, clients }: EndedSession): Frame[] {
  return clients.flatMap((client) => {
    const { frontchannelLogout, name } = client.doc
    const url = frontchannelLogout ? absoluteClientUrl(client, request.baseUrl, client.attributes['frontchannel.logout.url']) : undefined
    if (url === undefined) return []
    const address = new URL(url)
    if (client.attributes['frontchannel.logout.session.required'] !== 'false') {
      address.searchParams.append('sid', id)
      address.searchParams.append('iss', issuerOf(request.baseUrl, realm))
    }
    return [{ name: name || client.clientId, url: address.href }]
  })
}

/** The realm's policy lets pages frame this server alone; this page may frame the clients' hosts too. */
function allowFrames(response: HttpResponse, frames: readonly Frame[]): HttpResponse {
  const policy = response.headers?.['content-security-policy']
  if (typeof policy !== 'string') return response
  const origins = [...new Set(frames.map(({ url }) => new URL(url).origin))].join(' ')
  return {
    ...response,
    headers: { ...response.headers, 'content-security-policy': policy.replace(/frame-src [^;]*/, (sources) => `${sources} ${origins}`) },
  }
}
