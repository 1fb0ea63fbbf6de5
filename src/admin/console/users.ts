import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { UserRepresentation } from '../../representations/user.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { silentJson } from '../bodies.ts'
import { userAdminRoutes } from '../users/routes.ts'

export const consoleUserRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/ui-ext/brute-force-user',
    summary: 'Users as GET users lists them, with their failed logins',
    role: ['query-users', 'view-users', 'manage-users'],
    handle: listUsers,
  },
]

/** The list is that of GET /users, with its parameters and its rights; failed logins of the page are read at once. */
async function listUsers(context: AdminContext): Promise<HttpResponse> {
  const row = userAdminRoutes.find(({ method, path }) => method === 'GET' && path === '/users')
  if (row === undefined) throw new AdminError(501, { error: 'Not built: GET /admin/realms/{realm}/users' })
  const { body } = await row.handle(context)
  const users = JSON.parse(String(body)) as UserRepresentation[]
  const statuses = await context.services.bruteForce.statuses(
    context.realm,
    users.map(({ id = '', enabled }) => ({ id, enabled: enabled ? 1 : 0 })),
  )
  return silentJson(
    users.map((user) => {
      const status = statuses.get(user.id ?? '')
      return {
        ...user,
        bruteForceStatus: {
          numFailures: status?.failures ?? 0,
          disabled: status?.lock !== undefined,
          lastIPFailure: status?.lastAddress ?? 'n/a',
          lastFailure: status?.lastFailureMs ?? 0,
        },
      }
    }),
  )
}
