import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { describeLinkedProvider, linkProvider } from '../../organizations/identity-providers.ts'
import { identityProviderRepresentation } from '../../representations/identity-provider.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import type { IdentityProviderRow } from '../../storage/identity-providers.ts'
import { organizationProviders } from '../../storage/organization-providers.ts'
import type { OrganizationRow } from '../../storage/organizations.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json, jsonText, noContent } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { describeProviders } from '../identity-providers/instances.ts'
import { findOrganization, manageOrganizations, queryOrganizations, readName, viewOrganizations } from './access.ts'

const path = '/organizations/:organization/identity-providers'
const view = ['view-identity-providers', 'manage-identity-providers'] as const
const manage = ['manage-identity-providers'] as const

/** The reference reports neither link nor unlink. */
export const organizationProviderRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Identity providers of an organization', role: queryOrganizations, handle: listProviders },
  { method: 'POST', path, summary: 'Link an identity provider', role: queryOrganizations, handle: postProvider },
  { method: 'GET', path: `${path}/:alias`, summary: 'A linked identity provider', role: queryOrganizations, handle: getProvider },
  { method: 'DELETE', path: `${path}/:alias`, summary: 'Unlink an identity provider', role: queryOrganizations, handle: deleteProvider },
  { method: 'GET', path: `${path}/:alias/groups`, summary: 'Groups that its mappers use', role: queryOrganizations, handle: listGroups },
]

async function listProviders(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...view)
  const rows = await organizationProviders(services.database).listOf(realm.id, organization.id)
  return jsonText(printRepresentations(identityProviderRepresentation, await describeProviders(services.database, realm.id, rows)))
}

async function findLinked(context: AdminContext, organization: OrganizationRow): Promise<IdentityProviderRow | undefined> {
  const { request, services, realm } = context
  const row = await organizationProviders(services.database).find(realm.id, request.params['alias'] ?? '')
  return row && describeLinkedProvider(row).organizationId === organization.id ? row : undefined
}

async function requireLinked(context: AdminContext): Promise<IdentityProviderRow> {
  const organization = await findOrganization(context, viewOrganizations)
  context.permissions.require(...view)
  const row = await findLinked(context, organization)
  if (row === undefined) throw new AdminError(404, { errorMessage: 'Identity provider not associated with the organization' })
  return row
}

async function getProvider(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const [provider = {}] = await describeProviders(services.database, realm.id, [await requireLinked(context)])
  return jsonText(printRepresentation(identityProviderRepresentation, provider))
}

/** No mapper of an identity provider puts members into groups of an organization yet, so none are used. */
async function listGroups(context: AdminContext): Promise<HttpResponse> {
  await requireLinked(context)
  return json([])
}

async function postProvider(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const organization = await findOrganization(context, manageOrganizations)
  permissions.require(...manage)
  const row = await organizationProviders(services.database).find(realm.id, readName(request))
  if (row === undefined) throw new AdminError(400, { errorMessage: 'Identity provider not found with the given alias' })
  const { organizationId } = describeLinkedProvider(row)
  if (organizationId === organization.id)
    throw new AdminError(409, { errorMessage: 'Identity provider already associated to the organization' })
  if (organizationId !== undefined)
    throw new AdminError(400, { errorMessage: 'Identity provider already associated with a different organization' })
  await changeRealm(context, (tx) => linkProvider(tx, row, organization.id))
  return noContent()
}

async function deleteProvider(context: AdminContext): Promise<HttpResponse> {
  const organization = await findOrganization(context, manageOrganizations)
  context.permissions.require(...manage)
  const row = await findLinked(context, organization)
  if (row === undefined) throw new AdminError(404, { errorMessage: 'Identity provider not found with the given alias' })
  await changeRealm(context, (tx) => linkProvider(tx, row, undefined))
  return noContent()
}
