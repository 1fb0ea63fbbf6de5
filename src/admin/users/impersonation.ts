import { decodeJws } from '../../crypto/jws.ts'
import { withCookies } from '../../http/cookies.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { expireLoginCookies, loginCookies } from '../../login/cookies.ts'
import { logoutSession } from '../../sessions/logout.ts'
import { users as userRows } from '../../storage/users.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { requireUserWithinReach } from '../roles/admin-rights.ts'
import { findUser } from './users.ts'

export const impersonationRoutes: readonly AdminRoute[] = [
  { method: 'POST', path: '/users/:user/impersonation', summary: 'Log in as a user', role: ['impersonation'], handle: impersonate },
]

/**
 * Logs the administrator's browser in as the user: a session that says who is behind it, in tokens too, and its cookies. An administrator
 * of the same realm is logged out first, as one browser has one login in a realm.
 */
async function impersonate(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, caller } = context
  const user = await findUser(context)
  await requireUserWithinReach(context, user.id)
  if (user.enabled !== 1) throw new AdminError(400, { errorMessage: 'User is disabled' })
  if (user.service_account_client_id !== null) throw new AdminError(400, { errorMessage: 'Service accounts cannot be impersonated' })
  const sameRealm = caller.realm.id === realm.id
  const admin = await userRows(services.database).findById(caller.realm.id, caller.userId)
  if (sameRealm) await endOwnSession(context)
  const session = await services.sessions.create(realm, undefined, {
    userId: user.id,
    offline: false,
    rememberMe: false,
    ipAddress: request.remoteAddress,
    userAgent: request.headers['user-agent'],
    notes: { IMPERSONATOR_ID: caller.userId, IMPERSONATOR_USERNAME: admin?.username ?? '' },
    clientNotes: {},
  })
  services.events.emit({
    type: 'IMPERSONATE',
    realmId: realm.id,
    realmName: realm.name,
    userId: user.id,
    sessionId: session.id,
    ipAddress: request.remoteAddress,
    details: { impersonator_realm: caller.realm.name, impersonator: admin?.username },
  })
  const cookies = await loginCookies({ realm, request, clock: services.clock, random: services.random }, session)
  const answer = json({ redirect: `${issuerOf(request.baseUrl, realm)}/account`, sameRealm })
  return withCookies(answer, [...(sameRealm ? expireLoginCookies(request, realm) : []), ...cookies])
}

/** The session that the administrator's token belongs to; a service account has none. */
async function endOwnSession({ request, services, realm }: AdminContext): Promise<void> {
  const token = request.headers.authorization?.split(' ').at(-1) ?? ''
  const id = decodeJws(token)?.claims['sid']
  if (typeof id === 'string') await logoutSession(services, realm, { id, offline: false }, request.baseUrl)
}
