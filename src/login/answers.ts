import { withCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import { currentPath, type LoginContext, loginActionsUrl } from './context.ts'
import { localeCookie } from './cookies.ts'
import { takeForwardedMessage } from './forwarded-message.ts'
import { requestedLocale } from './locale.ts'
import { loginLocale } from './login-locale.ts'
import type { LoginFailure } from './login-protocol.ts'
import { errorContent } from './pages/error.ts'
import type { PageContent } from './pages/page.ts'
import { renderPage } from './pages/render.ts'

/** Shows a page of an execution or action, unless the application forbade to show any. */
export async function challenge(context: LoginContext, current: string, page: PageContent): Promise<HttpResponse> {
  if (isSilent(context)) return failTo(context, context.session.stage === 'required-actions' ? 'interaction_required' : 'login_required')
  context.session.current = current
  const forwarded = takeForwardedMessage(context.session)
  const shown = forwarded === undefined || page.message !== undefined ? page : { ...page, message: forwarded }
  return (await save(context)) ?? (await showPage(context, shown))
}

/** Draws a page in the language and look of this login. A language chosen on it is kept in the browser. */
export async function showPage(context: LoginContext, page: PageContent): Promise<HttpResponse> {
  const { realm, client, request, services, session } = context
  const locale = await loginLocale(context)
  const url = loginActionsUrl(context, currentPath(session), session.current === undefined ? {} : { execution: session.current })
  const response = renderPage({ realm, client, request, themes: services.themes, locale }, { url, ...page })
  return requestedLocale(realm, request) === undefined ? response : withCookies(response, [localeCookie(request, realm, locale)])
}

/** prompt=none (OpenID Connect Core section 3.1.2.1): no page may be shown. */
export const isSilent = ({ session }: Pick<LoginContext, 'session'>): boolean =>
  (session.request['prompt'] ?? '').split(' ').includes('none')

/** Saves the login; the answer to give when another answer of the tab came first. */
export async function save(context: LoginContext): Promise<HttpResponse | undefined> {
  const { services, realm, session } = context
  if (await services.authenticationSessions.save(realm, session)) return undefined
  return showPage(context, refusedPage('expired_code'))
}

export const redirect = (location: string): HttpResponse => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store, must-revalidate, max-age=0' },
})

/**
 * Ends the login with an error for the application. The audit log is the caller's: that no page could be shown is no event (reference
 * behaviour).
 */
export async function failTo(context: LoginContext, failure: LoginFailure, description?: string): Promise<HttpResponse> {
  const { services, realm, client, request, session } = context
  await services.authenticationSessions.take(session)
  const protocol = services.protocols.get(client.protocol)
  if (protocol === undefined) throw new Error(`no login protocol ${client.protocol}`)
  return protocol.fail({ realm, client, request, asked: session }, failure, description)
}

/** Message keys of what a person is told when a flow ends without success. */
const messages: Readonly<Record<string, string>> = {
  user_not_found: 'invalidUserMessage',
  user_disabled: 'accountDisabledMessage',
  credential_setup_required: 'credentialSetupRequired',
  access_denied: 'access-denied',
  acr_not_fulfilled: 'acrNotFulfilled',
  expired_code: 'pageExpiredTitle',
}

export const refusedPage = (error: string): PageContent => errorContent({ message: { key: messages[error] ?? 'invalidUserMessage' } })

/** @param userId whom it is about, where it is not the user of the login */
export function reportFailure(
  { services, realm, client, session, request, details }: LoginContext,
  error: string,
  userId: string | undefined = session.userId,
): void {
  services.events.emit({
    type: 'LOGIN_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId,
    ipAddress: request.remoteAddress,
    error,
    details,
  })
}
