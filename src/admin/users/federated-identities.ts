import { noContentUncached } from '../../http/api-answers.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { federatedIdentityRepresentation } from '../../representations/user.ts'
import { federatedIdentities } from '../../storage/federated-identities.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { requireUserWithinReach } from '../roles/admin-rights.ts'
import { linkOf, linkRow, shownLinks } from './links.ts'
import { findUser } from './users.ts'

const path = '/users/:user/federated-identity'
const manage = ['manage-users'] as const

export const federatedIdentityRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path,
    summary: "A user's accounts at identity providers",
    role: ['view-users', 'manage-users'],
    handle: listLinks,
  },
  {
    method: 'POST',
    path: `${path}/:provider`,
    summary: 'Link a user to an account at an identity provider',
    role: manage,
    handle: addLink,
  },
  { method: 'DELETE', path: `${path}/:provider`, summary: 'Take such a link away', role: manage, handle: removeLink },
]

async function listLinks(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const rows = await shownLinks(context, await federatedIdentities(context.services.database).listOfMany([user.id]))
  return jsonText(printRepresentations(federatedIdentityRepresentation, rows.map(linkOf)))
}

/** The provider in the path counts, whatever the body says, and need not exist (reference behaviour). */
async function addLink(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const user = await findUser(context)
  await requireUserWithinReach(context, user.id)
  const provider = request.params['provider'] ?? ''
  const taken = new AdminError(409, { errorMessage: 'User is already linked with provider' })
  const stored = await federatedIdentities(services.database).listOfMany([user.id])
  if (stored.some((row) => row.identity_provider === provider)) throw taken
  const link = readRepresentation(request, federatedIdentityRepresentation)
  if ((await federatedIdentities(services.database).insert(linkRow(user.id, provider, link))) === 0) throw taken
  audit(context, {
    operation: 'CREATE',
    resourceType: 'USER',
    resourcePath: `users/${user.id}/federated-identity/${provider}`,
    representation: printRepresentation(federatedIdentityRepresentation, link),
  })
  return noContentUncached()
}

async function removeLink(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const provider = context.request.params['provider'] ?? ''
  if ((await federatedIdentities(context.services.database).remove(user.id, provider)) === 0)
    throw new AdminError(404, { error: 'Link not found' })
  audit(context, { operation: 'DELETE', resourceType: 'USER', resourcePath: `users/${user.id}/federated-identity/${provider}` })
  return noContentUncached()
}
