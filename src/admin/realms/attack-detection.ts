import type { HttpResponse } from '../../http/values.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, noContent } from '../bodies.ts'

const path = '/attack-detection/brute-force/users'

export const attackDetectionRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: `${path}/:user`, summary: 'Failed logins of a user', role: ['view-users', 'manage-users'], handle: getStatus },
  { method: 'DELETE', path: `${path}/:user`, summary: 'Forget the failed logins of a user', role: ['manage-users'], handle: forgetUser },
  { method: 'DELETE', path, summary: 'Forget the failed logins of all users', role: ['manage-users'], handle: forgetAll },
]

/** The largest number of the reference, beyond what a JavaScript number holds: the lock of who is locked for good. */
const forEver = '9223372036854775807'

/** A user who has no failures, or does not exist, has zeros (reference behaviour). */
async function getStatus({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const status = await services.bruteForce.status(realm, request.params['user'] ?? '')
  const until = { user_disabled: forEver, user_temporarily_disabled: String(Math.floor(status.notBeforeMs / 1_000)), none: '0' }
  return jsonText(
    JSON.stringify({
      failedLoginNotBefore: JSON.rawJSON(until[status.lock ?? 'none']),
      numFailures: status.failures,
      numTemporaryLockouts: status.temporaryLockouts,
      disabled: status.lock !== undefined,
      numSecondaryAuthFailures: status.secondaryFailures,
      lastIPFailure: status.lastAddress ?? 'n/a',
      lastFailure: status.lastFailureMs,
    }),
  )
}

async function forgetUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = request.params['user'] ?? ''
  const { failures } = await services.bruteForce.status(realm, user)
  await services.bruteForce.succeeded(realm, user)
  if (failures > 0)
    audit(context, { operation: 'DELETE', resourceType: 'USER_LOGIN_FAILURE', resourcePath: `attack-detection/brute-force/users/${user}` })
  return noContent()
}

async function forgetAll(context: AdminContext): Promise<HttpResponse> {
  await context.services.bruteForce.forgetAll(context.realm)
  audit(context, { operation: 'DELETE', resourceType: 'USER_LOGIN_FAILURE', resourcePath: 'attack-detection/brute-force/users' })
  return noContent()
}
