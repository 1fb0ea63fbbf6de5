import { withCookies } from '../http/cookies.ts'
import { PageError } from '../http/errors.ts'
import { type Form, readForm, readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { logoutSession } from '../sessions/logout.ts'
import { actionTokenRoute } from './action-token-route.ts'
import { advance, submitStep } from './advance.ts'
import { failTo, redirect, save } from './answers.ts'
import { completeLogin, showAction, submitAction } from './complete.ts'
import { consentAction, takeConsent } from './consent.ts'
import { beginAnew, currentPath, type LoginContext, loginActionsUrl, loginContext } from './context.ts'
import { expireLoginCookies, readIdentity, readRestart, readRootId, rootIdCookie } from './cookies.ts'
import { expiredPage } from './expired.ts'
import { requestedLocale } from './locale.ts'
import { describeLogin } from './login-details.ts'
import { notedInvitation } from './noted-invitation.ts'
import { localeNote } from './notes.ts'
import { findRequiredAction } from './required-actions/index.ts'
import type { LoginServices } from './services.ts'

/** Paths below login-actions whose GET shows where a login stands and whose POST takes a form of a flow's execution. */
const flowPaths = ['authenticate', 'registration', 'reset-credentials'] as const

const route = (method: 'GET' | 'POST', path: string, summary: string, handle: Route<LoginServices>['handle']): Route<LoginServices> => ({
  method,
  path: `/realms/:realm/login-actions/${path}`,
  family: 'page',
  summary,
  handle,
})

export const loginActionRoutes: readonly Route<LoginServices>[] = [
  ...flowPaths.flatMap((path) => [
    route('GET', path, 'Where a login stands', (request, services) => withLogin(request, services, (context) => showFlow(context, path))),
    route('POST', path, 'A form of a login flow', (request, services) => withLogin(request, services, (context) => submitFlow(context))),
  ]),
  route('GET', 'required-action', 'What a user has to do before a login ends', (request, services) =>
    withLogin(request, services, async (context) =>
      context.session.stage === 'required-actions' ? showRequiredAction(context) : showFlow(context, 'authenticate'),
    ),
  ),
  route('POST', 'required-action', 'A form of a required action', (request, services) =>
    withLogin(request, services, submitRequiredAction),
  ),
  route('POST', 'consent', 'What the user lets the application do', (request, services) => withLogin(request, services, submitConsent)),
  route('GET', 'restart', 'Begin a login again from its first page', (request, services) => withLogin(request, services, restart)),
  actionTokenRoute,
]

/** Finds the login in progress that a request belongs to. The browser must be the one in which it began. */
async function withLogin(
  request: HttpRequest,
  services: LoginServices,
  handle: (context: LoginContext) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new PageError('realmNotFound', 404, 'realm_not_found')
  if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
  const query = readQuery(request)
  const client = await realm.client(query.get('client_id') ?? '')
  if (client === undefined) throw new PageError('clientNotFoundMessage', 400, 'client_not_found')
  if (!client.enabled) throw new PageError('clientDisabledMessage', 400, 'client_disabled')
  const rootId = readRootId(request, realm)
  const tabId = query.get('tab_id')
  const session = rootId && tabId ? await services.authenticationSessions.find(realm, rootId, tabId) : undefined
  if (session === undefined || session.clientId !== client.id) return lost(request, services, realm, client, rootId)
  const locale = requestedLocale(realm, request)
  if (locale !== undefined) session.notes[localeNote] = locale
  return handle(await loginContext({ realm, client, session, request, services }))
}

/** The login is gone: it has ended in another tab, or it took too long. What it asked for is in a cookie, so it can begin again. */
async function lost(
  request: HttpRequest,
  services: LoginServices,
  realm: RealmSnapshot,
  client: Client,
  rootId: string | undefined,
): Promise<HttpResponse> {
  const { clock } = services
  const asked = readRestart({ realm, request, clock })
  if (asked === undefined || asked.clientId !== client.clientId) {
    const identity = readIdentity({ realm, request, clock })
    const loggedIn = identity && (await services.sessions.find(realm, identity.sessionId, false))
    throw loggedIn
      ? new PageError('alreadyLoggedIn', 200, 'already_logged_in')
      : new PageError('cookieNotFoundMessage', 400, 'cookie_not_found')
  }
  const session = await services.authenticationSessions.create(realm, client, rootId, {
    redirectUri: asked.redirectUri,
    request: asked.request,
  })
  const url = loginActionsUrl({ realm, client, session, request }, 'authenticate')
  return withCookies(redirect(url), [rootIdCookie(request, realm, session.rootId)])
}

/** A new code for the page that is about to be shown. */
async function renewed(context: LoginContext, show: (context: LoginContext) => Promise<HttpResponse>): Promise<HttpResponse> {
  context.session.code = context.services.random.bytes(18).toString('base64url')
  return show(context)
}

async function showRequiredAction(context: LoginContext): Promise<HttpResponse> {
  await describeLogin(context)
  return renewed(context, showAction)
}

async function showFlow(context: LoginContext, path: (typeof flowPaths)[number]): Promise<HttpResponse> {
  const { session } = context
  if (session.stage === 'required-actions') return redirect(loginActionsUrl(context, currentPath(session), current(context)))
  if (!mayWalk(context, path))
    throw new PageError(path === 'registration' ? 'registrationNotAllowedMessage' : 'resetCredentialNotAllowedMessage', 400)
  if (session.flowPath !== path) beginAnew(context, path)
  return advance(context)
}

const mayWalk = ({ realm, session }: LoginContext, path: (typeof flowPaths)[number]): boolean => {
  if (path === 'registration') return (realm.settings.registrationAllowed ?? false) || notedInvitation(session) !== undefined
  return path === 'authenticate' || (realm.settings.resetPasswordAllowed ?? false)
}

const current = ({ session }: LoginContext): { execution?: string } => (session.current === undefined ? {} : { execution: session.current })

/** The form that was shown last, once: its address has the session's code and the execution that it belongs to. */
function formOf({ request, session }: LoginContext): Form | undefined {
  const query = readQuery(request)
  if (query.get('session_code') !== session.code || query.get('execution') !== session.current) return undefined
  return readForm(request)
}

async function submitFlow(context: LoginContext): Promise<HttpResponse> {
  const form = formOf(context)
  const execution = context.session.current
  if (form === undefined || execution === undefined || context.session.stage !== 'authenticate') return expiredPage(context)
  return (await submitStep(context, execution, form)) ?? expiredPage(context)
}

async function submitRequiredAction(context: LoginContext): Promise<HttpResponse> {
  const form = formOf(context)
  const action = findRequiredAction(context.session.current ?? '')
  if (form === undefined || action === undefined || context.session.stage !== 'required-actions') return expiredPage(context)
  await describeLogin(context)
  context.details['custom_required_action'] = action.alias
  return renewed(context, (renewedContext) => submitAction(renewedContext, action, form))
}

async function submitConsent(context: LoginContext): Promise<HttpResponse> {
  const form = formOf(context)
  if (form === undefined || context.session.current !== consentAction) return expiredPage(context)
  await describeLogin(context)
  return (await takeConsent(context, form)) ? completeLogin(context) : failTo(context, 'access_denied')
}

/**
 * Forgets who has been named so far, and what was filled in. Somebody who is logged in leaves first, so that another one can come in,
 * unless the link says that only this login begins again.
 */
async function restart(context: LoginContext): Promise<HttpResponse> {
  const { realm, client, request, services, session } = context
  const identity = readIdentity({ realm, request, clock: services.clock })
  if (identity === undefined || readQuery(request).get('skip_logout') === 'true') {
    beginAnew(context, 'authenticate')
    return (await save(context)) ?? redirect(loginActionsUrl(context, 'authenticate'))
  }
  await logoutSession(services, realm, { id: identity.sessionId, offline: false }, request.baseUrl)
  await services.authenticationSessions.removeRoot(realm, session.rootId)
  const { redirectUri, request: asked } = session
  const fresh = await services.authenticationSessions.create(realm, client, undefined, { redirectUri, request: asked })
  const response = redirect(loginActionsUrl({ realm, client, request, session: fresh }, 'authenticate'))
  return withCookies(response, [...expireLoginCookies(request, realm), rootIdCookie(request, realm, fresh.rootId)])
}
