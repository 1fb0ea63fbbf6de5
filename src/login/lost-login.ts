import { withCookies } from '../http/cookies.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { resolveRedirectUri } from '../realm/redirect-uri.ts'
import { newAuthenticationSession } from '../sessions/authentication-session.ts'
import { redirect } from './answers.ts'
import { readClientData } from './client-data.ts'
import { clientUrl } from './client-url.ts'
import { loginActionsUrl } from './context.ts'
import { readIdentity, readRestart, rootIdCookie } from './cookies.ts'
import { noteForwardedMessage } from './forwarded-message.ts'
import { errorContent } from './pages/error.ts'
import { infoPage } from './pages/info.ts'
import type { Message, PageContent } from './pages/page.ts'
import { renderPage } from './pages/render.ts'
import type { LoginServices } from './services.ts'

/** A request below login-actions of which no login is known, or none that may go on. */
export interface LoginRequest {
  readonly realm: RealmSnapshot
  readonly client: Client | undefined
  readonly request: HttpRequest
  readonly services: LoginServices
}

const eventTypes = {
  registration: 'REGISTER_ERROR',
  'reset-credentials': 'RESET_PASSWORD_ERROR',
  'required-action': 'CUSTOM_REQUIRED_ACTION_ERROR',
  restart: 'RESTART_AUTHENTICATION_ERROR',
} as const

/** The type of the event goes by the path; the reference's. */
function eventTypeOf({ path }: HttpRequest): (typeof eventTypes)[keyof typeof eventTypes] | 'LOGIN_ERROR' {
  const word = path.slice(path.lastIndexOf('/') + 1)
  return Object.hasOwn(eventTypes, word) ? eventTypes[word as keyof typeof eventTypes] : 'LOGIN_ERROR'
}

/** Tells the audit log why a request below login-actions does not go on. */
export function reportLostLogin(
  { realm, client, request, services }: LoginRequest,
  error: string,
  details: Readonly<Record<string, string>> = {},
): void {
  services.events.emit({
    type: eventTypeOf(request),
    realmId: realm.id,
    realmName: realm.name,
    clientId: client?.clientId,
    ipAddress: request.remoteAddress,
    error,
    details,
  })
}

const show = ({ realm, client, request, services }: LoginRequest, content: PageContent): HttpResponse =>
  renderPage({ realm, client, request, themes: services.themes }, content)

export interface RefusedLogin extends Pick<Message, 'key' | 'values'> {
  /** The audit event's. */
  readonly error: string
  readonly details?: Readonly<Record<string, string>>
}

/** Nobody is sent to an address that the client has not registered. */
export const foreignAddress: RefusedLogin = { key: 'invalidParameterMessage', values: ['redirect_uri'], error: 'invalid_redirect_uri' }

/** Tells the person, in the look of the realm, and the audit log that this does not go on. */
export function refuseLogin(at: LoginRequest, { key, values = [], error, details }: RefusedLogin): HttpResponse {
  reportLostLogin(at, error, details)
  return show(at, errorContent({ message: { key, values } }))
}

/**
 * The login is gone: it has ended in another tab, or it took too long. What it asked for is in a cookie, so it can begin again; who is
 * logged in already goes back to the application.
 */
export async function lostLogin(at: LoginRequest, rootId: string | undefined): Promise<HttpResponse> {
  const { realm, client, request, services } = at
  const { clock } = services
  const asked = readRestart({ realm, request, clock })
  if (asked !== undefined && client === undefined) return refuseLogin(at, { key: 'invalidCodeMessage', error: 'invalid_code' })
  if (client !== undefined && asked?.clientId === client.clientId) return beginAgain(at, client, rootId, asked)
  const identity = readIdentity({ realm, request, clock })
  const loggedIn = identity && (await services.sessions.find(realm, identity.sessionId, false))
  return client !== undefined && loggedIn
    ? leaveTo(at, client)
    : refuseLogin(at, { key: 'cookieNotFoundMessage', error: 'cookie_not_found' })
}

async function beginAgain(
  at: LoginRequest,
  client: Client,
  rootId: string | undefined,
  asked: NonNullable<ReturnType<typeof readRestart>>,
): Promise<HttpResponse> {
  const { realm, request, services } = at
  const made = { redirectUri: asked.redirectUri, request: asked.request }
  const session = await services.authenticationSessions.create(realm, client, rootId, made)
  noteForwardedMessage(session, { kind: 'error', key: 'loginTimeout' })
  await services.authenticationSessions.save(realm, session)
  reportLostLogin(at, 'expired_code', { restart_after_timeout: 'true' })
  return withCookies(redirect(loginActionsUrl({ realm, client, session, request }, 'authenticate')), [
    rootIdCookie(request, realm, session.rootId),
  ])
}

/** The application asks again, and gets its answer without a page, since the browser is logged in. */
function leaveTo(at: LoginRequest, client: Client): Promise<HttpResponse> | HttpResponse {
  const { realm, request, services } = at
  const asked = readClientData(readQuery(request).get('client_data'))
  const protocol = services.protocols.get(client.protocol)
  if (asked?.ru === undefined || protocol === undefined) {
    reportLostLogin(at, 'already_logged_in', { redirected_to_client: 'false' })
    return show(at, { ...infoPage({ message: { key: 'alreadyLoggedIn' }, linkUrl: clientUrl({ client, request }) }), status: 400 })
  }
  const redirectUri = resolveRedirectUri(client, asked.ru, { baseUrl: request.baseUrl, required: true })
  if (redirectUri === undefined) return refuseLogin(at, foreignAddress)
  const parameters = { response_type: asked.rt, response_mode: asked.rm, state: asked.st }
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  const made = { rootId: '', redirectUri, request: Object.fromEntries(given) }
  const session = newAuthenticationSession(services, realm, client, made)
  reportLostLogin(at, 'already_logged_in', { ...protocol.details(session), redirect_uri: redirectUri, redirected_to_client: 'true' })
  return protocol.fail({ realm, client, request, asked: session }, 'temporarily_unavailable', 'authentication_expired')
}
