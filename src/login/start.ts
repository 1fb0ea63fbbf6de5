import { withCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { advance } from './advance.ts'
import { type LoginContextParts, loginContext } from './context.ts'
import { restartCookie, rootIdCookie } from './cookies.ts'

/** Begins a login: the browser gets its cookie, the flow runs as far as it can without asking. */
export async function startLogin(
  parts: LoginContextParts & { readonly session: AuthenticationSession; readonly isNewBrowser: boolean },
): Promise<HttpResponse> {
  const { realm, client, request, services, session } = parts
  const response = await advance(await loginContext(parts))
  const asked = { clientId: client.clientId, redirectUri: session.redirectUri, request: session.request }
  const own = [response.headers?.['set-cookie'] ?? []].flat()
  // A login that has ended already takes its cookies out itself: what it says comes last and counts.
  return withCookies({ ...response, headers: { ...response.headers, 'set-cookie': [] } }, [
    rootIdCookie(request, realm, session.rootId),
    await restartCookie({ realm, request, clock: services.clock }, asked),
    ...own,
  ])
}
