import { withCookies } from '../http/cookies.ts'
import { PageError } from '../http/errors.ts'
import { type Form, readForm, readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { resolveRedirectUri } from '../realm/redirect-uri.ts'
import { stepLifespanMs } from '../sessions/authentication-session.ts'
import { logoutSession } from '../sessions/logout.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { actionTokenRoute } from './action-token-route.ts'
import { advance, submitStep } from './advance.ts'
import { failTo, redirect, reportFailure, save } from './answers.ts'
import { report } from './audit.ts'
import { completeLogin, showAction, submitAction } from './complete.ts'
import { consentAction, takeConsent } from './consent.ts'
import { beginAnew, currentPath, type LoginContext, loginActionsUrl, loginContext } from './context.ts'
import { expireLoginCookies, readIdentity, readRootId, rootIdCookie } from './cookies.ts'
import { expiredPage } from './expired.ts'
import { noteForwardedMessage } from './forwarded-message.ts'
import { requestedLocale } from './locale.ts'
import { describeLogin } from './login-details.ts'
import { foreignAddress, lostLogin, refuseLogin, reportLostLogin } from './lost-login.ts'
import { notedInvitation } from './noted-invitation.ts'
import { attemptedUsernameNote, endAfterActionsNote, localeNote } from './notes.ts'
import { findRequiredAction } from './required-actions/index.ts'
import type { LoginServices } from './services.ts'
import { startLogin } from './start.ts'

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
    route('GET', path, 'Where a login stands', (request, services) =>
      path === 'reset-credentials' ? showRecovery(request, services) : withLogin(request, services, (context) => showFlow(context, path)),
    ),
    route('POST', path, 'A form of a login flow', (request, services) => withLogin(request, services, (context) => submitFlow(context))),
  ]),
  route('GET', 'required-action', 'What a user has to do before a login ends', (request, services) =>
    withLogin(request, services, showRequiredAction),
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
  handle: (context: LoginContext) => Promise<HttpResponse> | HttpResponse,
): Promise<HttpResponse> {
  const realm = await usableRealm(request, services)
  const query = readQuery(request)
  const client = await realm.client(query.get('client_id') ?? '')
  if (client?.enabled === false) {
    const key = 'loginRequesterNotEnabledMessage'
    return refuseLogin({ realm, client, request, services }, { key, error: 'client_disabled' })
  }
  const rootId = readRootId(request, realm)
  const tabId = query.get('tab_id')
  const session = client && rootId && tabId ? await services.authenticationSessions.find(realm, rootId, tabId) : undefined
  if (client === undefined || session === undefined || session.clientId !== client.id)
    return lostLogin({ realm, client, request, services }, rootId)
  const locale = requestedLocale(realm, request)
  if (locale !== undefined) session.notes[localeNote] = locale
  return handle(await loginContext({ realm, client, session, request, services }))
}

async function usableRealm(request: HttpRequest, services: LoginServices): Promise<RealmSnapshot> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new PageError('realmNotFound', 404, 'realm_not_found')
  if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
  return realm
}

/**
 * Recovery may begin by a link to it, without a request of an application (reference behaviour). It ends at an address of the
 * application that the link names, and otherwise with a page.
 */
async function showRecovery(request: HttpRequest, services: LoginServices): Promise<HttpResponse> {
  const realm = await usableRealm(request, services)
  const query = readQuery(request)
  const rootId = readRootId(request, realm)
  const client = await realm.client(query.get('client_id') ?? 'account')
  if (query.get('session_code') !== undefined || query.get('tab_id') !== undefined || client?.enabled !== true)
    return withLogin(request, services, (context) => showFlow(context, 'reset-credentials'))
  if (!realm.settings.resetPasswordAllowed)
    return refuseLogin({ realm, client: undefined, request, services }, refusals['reset-credentials'])
  const sent = query.get('redirect_uri')
  const account = `${issuerOf(request.baseUrl, realm)}/account/`
  const redirectUri = sent === undefined ? account : resolveRedirectUri(client, sent, { baseUrl: request.baseUrl, required: true })
  if (redirectUri === undefined) return refuseLogin({ realm, client: undefined, request, services }, foreignAddress)
  const made = { redirectUri, request: { response_type: 'code' }, flowPath: 'reset-credentials' } as const
  const session = await services.authenticationSessions.create(realm, client, rootId, made)
  if (sent === undefined) session.notes[endAfterActionsNote] = 'true'
  return startLogin({ realm, client, session, request, services, isNewBrowser: rootId === undefined })
}

const refusals = {
  registration: { key: 'registrationNotAllowedMessage', error: 'registration_disabled' },
  'reset-credentials': { key: 'resetCredentialNotAllowedMessage', error: 'not_allowed' },
} as const

/** A new code for the page that is about to be shown. */
async function renewed(context: LoginContext, show: (context: LoginContext) => Promise<HttpResponse>): Promise<HttpResponse> {
  context.session.code = context.services.random.bytes(18).toString('base64url')
  return show(context)
}

async function showRequiredAction(context: LoginContext): Promise<HttpResponse> {
  const { session, request } = context
  const execution = readQuery(request).get('execution')
  if (session.stage !== 'required-actions') return showFlow(context, 'authenticate')
  if (execution !== undefined && execution !== session.current) return expiredPage(context)
  await describeLogin(context)
  return renewed(context, showAction)
}

async function showFlow(context: LoginContext, path: (typeof flowPaths)[number]): Promise<HttpResponse> {
  const { session, request } = context
  const execution = readQuery(request).get('execution')
  // An address of an earlier step, which the browser's history or another window still has. From one flow to the other people go freely.
  if (session.flowPath === path && execution !== undefined && execution !== session.current) return expiredPage(context)
  if (session.stage === 'required-actions') return redirect(currentUrl(context))
  if (path !== 'authenticate' && !mayWalk(context, path))
    return refuseLogin(context, { ...refusals[path], details: { code_id: session.rootId } })
  if (session.flowPath !== path) beginAnew(context, path)
  return advance(context)
}

const mayWalk = ({ realm, session }: LoginContext, path: (typeof flowPaths)[number]): boolean => {
  if (path === 'registration') return (realm.settings.registrationAllowed ?? false) || notedInvitation(session) !== undefined
  return path === 'authenticate' || (realm.settings.resetPasswordAllowed ?? false)
}

/** The address that shows where a login stands. */
const currentUrl = (context: LoginContext): string =>
  loginActionsUrl(
    context,
    currentPath(context.session),
    context.session.current === undefined ? {} : { execution: context.session.current },
  )

/**
 * The form that was shown last, once: its address has the session's code and the execution that it belongs to. Otherwise the answer to
 * give: a form of this step that was sent before is shown again, one of another step has expired.
 */
async function formOf(context: LoginContext): Promise<{ readonly form: Form } | { readonly answer: HttpResponse }> {
  const { request, session } = context
  const query = readQuery(request)
  if (session.current === undefined || query.get('execution') !== session.current) return { answer: await expiredPage(context) }
  if (query.get('session_code') === session.code)
    return tookTooLong(context) ? { answer: await timedOut(context) } : { form: readForm(request) }
  noteForwardedMessage(session, { kind: 'error', key: 'expiredActionMessage' })
  return { answer: (await save(context)) ?? redirect(currentUrl(context)) }
}

const tookTooLong = ({ realm, session, services }: LoginContext): boolean => {
  const step = session.stage === 'required-actions' || session.flowPath === 'reset-credentials' ? 'action' : 'login'
  return session.shownAtMs + stepLifespanMs(realm, step) <= services.clock.now()
}

/** The person took longer for one page than the realm allows: the login begins with its first one. */
async function timedOut(context: LoginContext): Promise<HttpResponse> {
  const { session } = context
  reportLostLogin(context, 'expired_code', { code_id: session.rootId })
  beginAnew(context, 'authenticate')
  noteForwardedMessage(session, { kind: 'error', key: 'loginTimeout' })
  return (await save(context)) ?? redirect(loginActionsUrl(context, 'authenticate'))
}

async function submitFlow(context: LoginContext): Promise<HttpResponse> {
  const sent = await formOf(context)
  if ('answer' in sent) return sent.answer
  const execution = context.session.current
  if (execution === undefined || context.session.stage !== 'authenticate') return expiredPage(context)
  return (await submitStep(context, execution, sent.form)) ?? expiredPage(context)
}

async function submitRequiredAction(context: LoginContext): Promise<HttpResponse> {
  const sent = await formOf(context)
  if ('answer' in sent) return sent.answer
  const action = findRequiredAction(context.session.current ?? '')
  if (action === undefined || context.session.stage !== 'required-actions') return expiredPage(context)
  await describeLogin(context)
  context.details['custom_required_action'] = action.alias
  return renewed(context, (renewedContext) => submitAction(renewedContext, action, sent.form))
}

async function submitConsent(context: LoginContext): Promise<HttpResponse> {
  const sent = await formOf(context)
  if ('answer' in sent) return sent.answer
  if (context.session.current !== consentAction) return expiredPage(context)
  await describeLogin(context)
  if (await takeConsent(context, sent.form)) return completeLogin(context)
  reportFailure(context, 'rejected_by_user')
  return failTo(context, 'access_denied')
}

/**
 * Forgets who has been named so far, and what was filled in. Somebody who is logged in leaves first, so that another one can come in,
 * unless the link says that only this login begins again.
 */
async function restart(context: LoginContext): Promise<HttpResponse> {
  const { realm, client, request, services, session } = context
  const identity = readIdentity({ realm, request, clock: services.clock })
  report(
    { ...context, details: { auth_method: client.protocol, username: session.notes[attemptedUsernameNote] } },
    'RESTART_AUTHENTICATION',
  )
  delete session.notes[attemptedUsernameNote]
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
