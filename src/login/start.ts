import { withCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { advance } from './advance.ts'
import { isSilent, redirect } from './answers.ts'
import { currentPath, type LoginContextParts, loginActionsUrl, loginContext } from './context.ts'
import { restartCookie, rootIdCookie } from './cookies.ts'

export type LoginStart = LoginContextParts & { readonly session: AuthenticationSession; readonly isNewBrowser: boolean }

/** Begins a login: the browser gets its cookie, the flow runs as far as it can without asking. */
export async function startLogin(parts: LoginStart): Promise<HttpResponse> {
  return withLoginCookies(parts, await advance(await loginContext(parts)))
}

/** The same at another address: the browser gets its cookie and is sent to where the flow runs. */
export function sendToLogin(parts: LoginStart): Promise<HttpResponse> {
  return withLoginCookies(parts, redirect(loginActionsUrl(parts, currentPath(parts.session))))
}

async function withLoginCookies({ realm, client, request, services, session }: LoginStart, response: HttpResponse): Promise<HttpResponse> {
  const asked = { clientId: client.clientId, redirectUri: session.redirectUri, request: session.request }
  const own = [response.headers?.['set-cookie'] ?? []].flat()
  // A login that has ended already takes its cookies out itself: what it says comes last and counts.
  return withCookies({ ...response, headers: { ...response.headers, 'set-cookie': [] } }, [
    rootIdCookie(request, realm, session.rootId),
    // What a frame asks without a page must not take the place of what the person has begun in a tab.
    ...(isSilent({ session }) ? [] : [await restartCookie({ realm, request, clock: services.clock }, asked)]),
    ...own,
  ])
}
