import type { Caller } from '../../admin/caller.ts'
import { permissionsOver } from '../../admin/permissions.ts'
import { PageError } from '../../http/errors.ts'
import { type Form, readForm } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { users as userRows } from '../../storage/users.ts'
import type { RegistryContext, RegistryServices } from '../services.ts'
import { type Addresses, addressesOf } from './addresses.ts'
import { draw } from './draw.ts'
import { noticePage } from './notice-page.ts'
import { isOwnForm, type PageSession, readPageSession } from './page-session.ts'
import { beginSignIn, signInClient } from './sign-in.ts'

/** Somebody with the right to manage clients, on a page of a realm. */
export interface Visit extends RegistryContext {
  readonly session: PageSession
  readonly username: string
  readonly addresses: Addresses
}

/** The realm in the path. Throws PageError. */
export async function realmOfPage(request: HttpRequest, services: RegistryServices): Promise<RealmSnapshot> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined || !realm.enabled) throw new PageError('pageNotFound', 404)
  return realm
}

/**
 * Lets in whoever has signed in and has the right, which is read anew for each request; sends anybody else to the realm's login, or tells him
 * that he has no access. A logged-out session, a disabled user and a right that was taken away count at once.
 */
export async function visited(
  request: HttpRequest,
  services: RegistryServices,
  show: (visit: Visit, form: Form) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const realm = await realmOfPage(request, services)
  const signedIn = await signedInCaller(request, services, realm)
  if (signedIn === undefined) return beginSignIn(request, services, realm)
  const { caller, session, username } = signedIn
  const addresses = addressesOf(request, realm)
  const permissions = await permissionsOver(services.database, caller, realm)
  const refusal = { signOut: { actionUrl: addresses.signOut, csrf: session.csrf, username } }
  if (!permissions.has('manage-clients'))
    return draw({ request, services, realm }, noticePage({ ...refusal, key: 'registryNoAccess', status: 403 }))
  const form = readForm(request)
  if (request.method === 'POST' && !isOwnForm(session, form.get('csrf'))) {
    return draw({ request, services, realm }, noticePage({ key: 'registryFormExpired', status: 403, backUrl: addresses.list }))
  }
  return show({ request, services, realm, caller, permissions, session, username, addresses }, form)
}

/** Undefined when nobody has signed in, or not any more. */
export async function signedInCaller(
  request: HttpRequest,
  services: RegistryServices,
  realm: RealmSnapshot,
): Promise<{ readonly caller: Caller; readonly session: PageSession; readonly username: string } | undefined> {
  const session = readPageSession({ request, realm, clock: services.clock })
  const client = await realm.client(signInClient)
  if (session === undefined || client === undefined || !client.enabled) return undefined
  const found = await services.sessions.find(realm, session.sessionId, false)
  if (found?.userId !== session.userId) return undefined
  const user = await userRows(services.database).findById(realm.id, session.userId)
  if (user === undefined || user.enabled !== 1 || session.issuedAt < user.not_before) return undefined
  const caller = { realm, client, userId: user.id, ipAddress: request.remoteAddress }
  return { caller, session, username: user.username }
}
