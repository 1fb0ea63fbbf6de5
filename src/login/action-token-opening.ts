import type { EventType } from '../events/events.ts'
import { withCookies } from '../http/cookies.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import type { UserRow } from '../storage/users.ts'
import { issuerOf } from '../tokens/issuer.ts'
import type { ActionToken } from './action-tokens.ts'
import { rootIdCookie } from './cookies.ts'
import { errorContent } from './pages/error.ts'
import type { PageContent } from './pages/page.ts'
import { renderPage } from './pages/render.ts'
import type { LoginServices } from './services.ts'

/** A link that is being opened, after the checks that all types share. */
export interface ActionTokenOpening {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly request: HttpRequest
  readonly services: LoginServices
  readonly token: ActionToken
  readonly user: UserRow
  /** The browser's; undefined when it has no login in progress. */
  readonly rootId: string | undefined
}

/** What opening a link of one type does. */
export interface ActionTokenHandler {
  /** Under which its refusals are told. */
  readonly event: EventType
  /** Message key for a link that was made for another e-mail of the user. */
  readonly staleMessage: string
  /** True when it must not be opened where somebody else is logged in. */
  readonly needsOwnBrowser: boolean
  /** The answer when there is nothing left to do, or nothing any more; comes before it is asked whether the token was used. */
  beforeUse?(opening: ActionTokenOpening): Promise<HttpResponse | undefined>
  open(opening: ActionTokenOpening): Promise<HttpResponse>
}

type At = Pick<ActionTokenOpening, 'realm' | 'request' | 'services'>

/** Details of a link's event. */
export interface TokenReport {
  readonly error?: string
  readonly reason?: string
  readonly details?: Readonly<Record<string, string | undefined>>
}

export function reportToken({ realm, request, services }: At, type: EventType, token: ActionToken | undefined, report: TokenReport): void {
  const { error, reason, details } = report
  services.events.emit({
    type: error === undefined ? type : (`${type}_ERROR` as const),
    realmId: realm.id,
    realmName: realm.name,
    clientId: token?.clientId,
    userId: token?.userId,
    ipAddress: request.remoteAddress,
    error,
    details: { auth_method: 'openid-connect', token_id: token?.id, action: token?.type, reason, ...details },
  })
}

export async function errorAnswer(
  { realm, client, request, services }: At & { readonly client: Client | undefined },
  key: string,
  values: readonly string[] = [],
): Promise<HttpResponse> {
  return renderPage({ realm, client, request, themes: services.themes }, errorContent({ message: { key, values } }))
}

/** Shows a page in the browser, which gets the cookie of the tab when one was opened for it. */
export function showPage(
  { realm, client, request, services }: Omit<ActionTokenOpening, 'token' | 'user'>,
  page: PageContent,
  tab?: AuthenticationSession,
): HttpResponse {
  const response = renderPage({ realm, client, request, themes: services.themes }, page)
  return tab === undefined ? response : withCookies(response, [rootIdCookie(request, realm, tab.rootId)])
}

/** The tab that a token names, when it is one of this browser's. */
export async function openTab(
  { realm, client, services, rootId }: At & { readonly client: Client; readonly rootId?: string | undefined },
  loginId: string | undefined,
): Promise<AuthenticationSession | undefined> {
  const [root, tabId, clientUuid] = (loginId ?? '').split('.')
  if (root === undefined || root === '' || tabId === undefined || root !== rootId || clientUuid !== client.id) return undefined
  return services.authenticationSessions.find(realm, root, tabId)
}

/**
 * A tab for a link that was opened elsewhere than it was asked for. No application waits for its answer: should anything of it go to
 * one, it is the account page of the realm (reference behaviour).
 */
export function newTab({
  realm,
  client,
  request,
  services,
  rootId,
}: Omit<ActionTokenOpening, 'token' | 'user'>): Promise<AuthenticationSession> {
  const redirectUri = `${issuerOf(request.baseUrl, realm)}/account/`
  return services.authenticationSessions.create(realm, client, rootId, { redirectUri, request: { response_type: 'code' } })
}
