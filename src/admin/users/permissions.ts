import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { userPermissionRepresentation } from '../../representations/user-permission.ts'
import { userPermissions } from '../../storage/user-permissions.ts'
import { permissionsFault, storedPermissions } from '../../users/permissions.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, noContent, readRepresentations } from '../bodies.ts'
import { findUser } from './users.ts'

const path = '/users/:user/permissions'

/** What people may do in applications, for the token information endpoint. Our own: the reference has no such paths. */
export const permissionRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'What a user may do in applications', role: ['view-users', 'manage-users'], handle: getPermissions },
  { method: 'PUT', path, summary: 'Replace what a user may do in applications', role: ['manage-users'], handle: putPermissions },
]

async function getPermissions(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  return jsonText((await userPermissions(context.services.database).find(user.id))?.doc ?? '[]')
}

/** The whole list; an empty one takes everything away. */
async function putPermissions(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const user = await findUser(context)
  const given = readRepresentations(request, userPermissionRepresentation)
  const fault = permissionsFault(given)
  if (fault !== undefined) throw new AdminError(400, { errorMessage: fault })
  const rows = userPermissions(services.database)
  const representation = JSON.stringify(storedPermissions(given))
  if (given.length === 0) await rows.remove(user.id)
  else await rows.put(user.id, representation)
  audit(context, { operation: 'UPDATE', resourceType: 'USER', resourcePath: `users/${user.id}/permissions`, representation })
  return noContent()
}
