import { AdminError } from '../../http/errors.ts'
import type { HttpMethod } from '../../http/routes.ts'
import type { HttpResponse } from '../../http/values.ts'
import { userVerifiableCredentialRepresentation } from '../../representations/user.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { readRepresentation } from '../bodies.ts'
import { refuseManagementPermissions } from '../feature-not-enabled.ts'
import { findUser } from './users.ts'

const view = ['view-users', 'manage-users'] as const
const manage = ['manage-users'] as const

const verifiable: readonly (readonly [method: HttpMethod, path: string, summary: string])[] = [
  ['GET', '/vc/credentials', 'Verifiable credentials of a user'],
  ['POST', '/vc/credentials', 'Give a user a verifiable credential'],
  ['PUT', '/vc/credentials/send-credential-offer', 'Offer a user a verifiable credential by e-mail'],
  ['PUT', '/vc/credentials/:scope', 'Renew a verifiable credential of a user'],
  ['DELETE', '/vc/credentials/:scope', 'Take a verifiable credential from a user'],
  ['GET', '/vc/issued-credentials', 'Verifiable credentials that were issued to a user'],
  ['DELETE', '/vc/issued-credentials/:issued', 'Forget an issued verifiable credential'],
]

/** Paths of features that the reference has switched off unless it is started with them: they say so, to who may ask. */
export const switchedOffRoutes: readonly AdminRoute[] = [
  ...verifiable.map(
    ([method, path, summary]): AdminRoute => ({
      method,
      path: `/users/:user${path}`,
      summary,
      role: method === 'GET' ? view : manage,
      handle: (context) => noVerifiableCredentials(context, method === 'POST'),
    }),
  ),
  ...(['GET', 'PUT'] as const).map(
    (method): AdminRoute => ({
      method,
      path: '/users-management-permissions',
      summary: 'Fine-grained permissions over users',
      role: 'any',
      handle: refuseManagementPermissions,
    }),
  ),
  { method: 'PUT', path: '/users/:user/remove-totp', summary: 'Gone: credentials have paths of their own', role: 'any', handle: gone },
]

/** Old clients still know the path; the reference does not any more. */
async function gone(): Promise<HttpResponse> {
  throw new AdminError(404, { error: 'HTTP 404 Not Found' })
}

async function noVerifiableCredentials(context: AdminContext, hasBody: boolean): Promise<HttpResponse> {
  await findUser(context)
  if (hasBody) readRepresentation(context.request, userVerifiableCredentialRepresentation)
  throw new AdminError(400, { errorMessage: 'Feature oid4vc-vci not enabled' })
}
