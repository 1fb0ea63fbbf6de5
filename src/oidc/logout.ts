import { type Form, readForm, readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { readIdentity } from '../login/cookies.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { type EndedSession, logoutSession } from '../sessions/logout.ts'
import { confirmation, finished, readConfirmation, refusal } from './logout-answers.ts'
import { logoutByRefreshToken } from './logout-by-refresh-token.ts'
import { type AskedLogout, type LogoutContext, type RefusedLogout, readLogoutRequest } from './logout-request.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

const path = '/realms/:realm/protocol/openid-connect/logout'
const shared = { path, family: 'page', preflight: 'GET, HEAD, OPTIONS' } as const

/**
 * Leaving: OpenID Connect RP-Initiated Logout 1.0 by GET and POST, its confirmation, and the older POST with a refresh token. A disabled
 * realm lets people leave, too (reference behaviour).
 */
export const logoutRoutes: readonly Route<OidcServices>[] = [
  {
    ...shared,
    method: 'GET',
    summary: 'End session endpoint',
    handle: (request, services) => browserLogout(request, services, readQuery(request)),
  },
  {
    ...shared,
    method: 'POST',
    summary: 'End session endpoint; with refresh_token: logout by the application itself',
    handle(request, services) {
      const form = readForm(request)
      return form.get('refresh_token') === undefined
        ? browserLogout(request, services, form)
        : logoutByRefreshToken(request, services, form)
    },
  },
  {
    method: 'GET',
    path: `${path}/logout-confirm`,
    family: 'page',
    summary: 'Confirmation of a logout; only its form leads here',
    handle: confirmLogout,
  },
  { method: 'POST', path: `${path}/logout-confirm`, family: 'page', summary: 'Confirmation of a logout', handle: confirmLogout },
]

async function browserLogout(request: HttpRequest, services: OidcServices, form: Form): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const context = await logoutContext(request, services, realm, form.get('ui_locales'))
  const asked = await readLogoutRequest(context, form)
  if ('error' in asked) return refuse(context, asked)
  const isSomebodyElse = context.session !== undefined && asked.hint?.sessionId !== context.session.id
  // Without proof that the application means this browser's session a foreign page could log people out: they are asked.
  if (asked.hint === undefined ? context.session !== undefined || asked.redirectUri === undefined : isSomebodyElse)
    return confirmation(context, asked)
  const { hint } = asked
  if (hint === undefined) return finished(context, asked, undefined)
  const ended = hint.sessionId === undefined ? undefined : await end(context, asked, hint.sessionId)
  if (ended === undefined) report(context, 'LOGOUT_ERROR', { clientId: asked.client?.clientId, error: 'session_expired' })
  // Frames of other applications belong into the browser that used them.
  return finished(context, asked, context.session === undefined ? undefined : ended)
}

async function confirmLogout(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const context = await logoutContext(request, services, realm, undefined)
  const confirmed = request.method === 'POST' ? readConfirmation(context, readForm(request).get('session_code')) : undefined
  if (confirmed === undefined) {
    const client = await realm.client(readQuery(request).get('client_id') ?? '')
    const reason = 'Failed verification during logout.'
    return refuse(context, { message: { key: 'failedLogout' }, client, error: 'session_expired', details: { reason } })
  }
  const { clientId, redirectUri, state, uiLocales, hintedSessionId } = confirmed
  const client = clientId === undefined ? undefined : await realm.client(clientId)
  const asked: AskedLogout = { client, hint: undefined, redirectUri: client && redirectUri, state }
  // The application's ID token names the session that it wants to end; the browser's own is what the person is leaving.
  if (hintedSessionId !== undefined) await end(context, asked, hintedSessionId)
  const ended = context.session && (await end(context, asked, context.session.id))
  return finished({ ...context, uiLocales }, asked, ended)
}

/** Who the browser is. A cookie whose session is over, or that is not the session's user's, is nobody. */
async function logoutContext(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  uiLocales: string | undefined,
): Promise<LogoutContext> {
  const identity = readIdentity({ realm, request, clock: services.clock })
  const alive = identity && (await services.sessions.find(realm, identity.sessionId, false))
  const session = identity && alive?.userId === identity.userId ? { id: identity.sessionId, userId: identity.userId } : undefined
  return { realm, request, services, session, browserId: identity?.sessionId, uiLocales }
}

async function end(context: LogoutContext, { client, redirectUri }: AskedLogout, id: string): Promise<EndedSession | undefined> {
  const { services, realm, request } = context
  if ((await services.sessions.find(realm, id, false)) === undefined) return undefined
  const ended = await logoutSession(services, realm, { id, offline: false }, request.baseUrl)
  if (ended) {
    report(context, 'LOGOUT', {
      // The reference counts a logout that no application asked for to the account console.
      clientId: client?.clientId ?? 'account',
      userId: ended.userId,
      sessionId: id,
      details: redirectUri === undefined ? {} : { redirect_uri: redirectUri },
    })
  }
  return ended
}

interface Reported {
  readonly clientId?: string | undefined
  readonly userId?: string
  readonly sessionId?: string
  readonly error?: string
  readonly details?: Readonly<Record<string, string>>
}

function report({ services, realm, request }: LogoutContext, type: 'LOGOUT' | 'LOGOUT_ERROR', reported: Reported): void {
  const about = { type, realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress, details: {} }
  services.events.emit({ ...about, ...reported })
}

function refuse(context: LogoutContext, { message, client, clientId, error, details }: RefusedLogout): HttpResponse {
  report(context, 'LOGOUT_ERROR', { clientId, error, details })
  return refusal(context, client, message)
}
