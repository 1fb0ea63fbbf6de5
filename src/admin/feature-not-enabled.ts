import { AdminError } from '../http/errors.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { managementPermissionReference } from '../representations/management-permission.ts'
import { readRepresentation } from './bodies.ts'

/** The answer to what the reference has only after its operator has switched it on, or what is not here. */
export const featureNotEnabled = (): AdminError =>
  new AdminError(501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' })

/**
 * Fine-grained permissions of the first version, which the reference has switched off, too. It reads what is sent before it says so.
 * Throws AdminError, always.
 */
export async function refuseManagementPermissions({ request }: { readonly request: HttpRequest }): Promise<HttpResponse> {
  if (request.method === 'PUT' && request.body.length > 0) readRepresentation(request, managementPermissionReference)
  throw featureNotEnabled()
}
