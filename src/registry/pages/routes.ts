/**
 * The pages of the control plane, for people: drawn by the server in the look of the login, usable without JavaScript, signed in to through
 * the realm's own login. Not here: what is done with systems (the files beside this folder). May call login for the look of pages.
 */

import { withCookies } from '../../http/cookies.ts'
import { type Form, readForm } from '../../http/parameters.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RegistryServices } from '../services.ts'
import { block, confirmDelete, create, newSystem, remove, rotate, saveAccess, saveKey, showList, showSystem, unblock } from './actions.ts'
import { pagesPath } from './addresses.ts'
import { seeOther } from './draw.ts'
import { expirePageSession, isOwnForm, readPageSession } from './page-session.ts'
import { endSignIn, logoutAddress } from './sign-in.ts'
import { realmOfPage, type Visit, visited } from './visit.ts'

type Show = (visit: Visit, form: Form) => Promise<HttpResponse>

const row = (method: 'GET' | 'POST', below: string, summary: string, show: Show): Route<RegistryServices> => ({
  method,
  path: `${pagesPath}${below}`,
  family: 'page',
  summary,
  handle: (request, services) => visited(request, services, show),
})

export const pageRoutes: readonly Route<RegistryServices>[] = [
  row('GET', '', 'Page: external systems', showList),
  row('GET', '/new', 'Page: the form for a new external system', newSystem),
  row('POST', '/new', 'Page: makes an external system', create),
  row('GET', '/systems/:system', 'Page: one external system', showSystem),
  row('POST', '/systems/:system/secret', 'Page: a new password', rotate),
  row('POST', '/systems/:system/key', 'Page: another key, or one instead of the password', saveKey),
  row('POST', '/systems/:system/block', 'Page: refuses an external system', block),
  row('POST', '/systems/:system/unblock', 'Page: lets an external system in again', unblock),
  row('POST', '/systems/:system/access', 'Page: what an external system may reach', saveAccess),
  row('GET', '/systems/:system/delete', 'Page: asks whether an external system is to go', confirmDelete),
  row('POST', '/systems/:system/delete', 'Page: removes an external system', remove),
  {
    method: 'GET',
    path: `${pagesPath}/signed-in`,
    family: 'page',
    summary: 'Page: comes back from the login',
    handle: async (request, services) => endSignIn(request, services, await realmOfPage(request, services)),
  },
  { method: 'POST', path: `${pagesPath}/sign-out`, family: 'page', summary: 'Page: goes to the logout', handle: signOut },
]

/** Forgets the sign-in, and goes to the realm's logout, which ends the session. A form of another site changes nothing. */
async function signOut(request: HttpRequest, services: RegistryServices): Promise<HttpResponse> {
  const realm = await realmOfPage(request, services)
  const context = { request, realm, clock: services.clock }
  const session = readPageSession(context)
  const answer = seeOther(logoutAddress(request, realm))
  return session !== undefined && isOwnForm(session, readForm(request).get('csrf'))
    ? withCookies(answer, [expirePageSession(context)])
    : answer
}
