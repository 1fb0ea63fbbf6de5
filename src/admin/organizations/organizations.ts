import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { unlinkDomains } from '../../organizations/identity-providers.ts'
import {
  createOrganization,
  describeOrganization,
  inDomainOrder,
  type OrganizationFault,
  updateOrganization,
} from '../../organizations/organizations.ts'
import { type OrganizationRepresentation, organizationRepresentation } from '../../representations/organization.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type OrganizationSearch, organizations as organizationRows } from '../../storage/organizations.ts'
import { users as userRows } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { readAttributeQuery } from '../attribute-query.ts'
import { created, flagParameter, json, jsonText, noContent, pageParameters, readPatch, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import {
  findMember,
  findOrganization,
  manageOrganizations,
  queryOrganizations,
  queryUsers,
  requireOrganizations,
  viewOrganizations,
  viewUsers,
} from './access.ts'

const path = '/organizations'

export const organizationRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Organizations of a realm', role: queryOrganizations, handle: listOrganizations },
  { method: 'POST', path, summary: 'Create an organization', role: queryOrganizations, handle: postOrganization },
  {
    method: 'GET',
    path: `${path}/count`,
    summary: 'How many organizations there are',
    role: queryOrganizations,
    handle: countOrganizations,
  },
  {
    method: 'GET',
    path: `${path}/members/:member/organizations`,
    summary: 'Organizations of a user',
    role: queryUsers,
    handle: organizationsOfUser,
  },
  { method: 'GET', path: `${path}/:organization`, summary: 'An organization', role: queryOrganizations, handle: getOrganization },
  { method: 'PUT', path: `${path}/:organization`, summary: 'Change an organization', role: queryOrganizations, handle: putOrganization },
  {
    method: 'DELETE',
    path: `${path}/:organization`,
    summary: 'Remove an organization',
    role: queryOrganizations,
    handle: deleteOrganization,
  },
  {
    method: 'GET',
    path: `${path}/:organization/members/:member/organizations`,
    summary: 'Organizations of a member',
    role: queryOrganizations,
    handle: organizationsOfMember,
  },
]

/** Organizations of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

/** Attributes go before a piece of a name; of both only the attributes count (reference behaviour). */
function searchOf(context: AdminContext): OrganizationSearch {
  const query = readQuery(context.request)
  const { alias, ...attributes } = Object.fromEntries(readAttributeQuery(query.get('q') ?? ''))
  if (alias !== undefined || Object.keys(attributes).length > 0) return { alias, attributes }
  return { text: query.get('search') ?? '', exact: flagParameter(query, 'exact') ?? false }
}

const briefOf = ({ request }: AdminContext): { readonly brief: boolean } => ({
  brief: flagParameter(readQuery(request), 'briefRepresentation') ?? true,
})

/** Those who may only query see none (reference behaviour). */
async function listOrganizations(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  requireOrganizations(context)
  const page = pageParameters(readQuery(request), pageDefault)
  const rows = permissions.has(...viewOrganizations)
    ? await organizationRows(services.database).search(realm.id, searchOf(context), page)
    : []
  const list = rows.map((row) => describeOrganization(row, briefOf(context)))
  return jsonText(printRepresentations(organizationRepresentation, list))
}

async function countOrganizations(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, permissions } = context
  requireOrganizations(context)
  return json(permissions.has(...viewOrganizations) ? await organizationRows(services.database).count(realm.id, searchOf(context)) : 0)
}

const refusal = ({ status, shape, message }: OrganizationFault): AdminError =>
  new AdminError(status, shape === 'error' ? { error: message } : { errorMessage: message })

const isNothing = (body: Buffer): boolean => /^\s*(?:null\s*)?$/.test(body.subarray(0, 100).toString('latin1'))

async function postOrganization(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  requireOrganizations(context)
  permissions.require(...manageOrganizations)
  if (isNothing(request.body)) throw new AdminError(400, { errorMessage: 'Organization cannot be null.' })
  const given = readRepresentation(request, organizationRepresentation)
  const result = await services.database.transaction((tx) => createOrganization({ tx, realm }, services.random, given))
  if (result.kind === 'refused') throw refusal(result.fault)
  report(context, 'CREATE', result.id, { ...given, id: result.id })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/organizations/${result.id}`)
}

async function getOrganization(context: AdminContext): Promise<HttpResponse> {
  const row = await findOrganization(context, viewOrganizations)
  return jsonText(printRepresentation(organizationRepresentation, describeOrganization(row, { brief: false })))
}

async function putOrganization(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const row = await findOrganization(context, manageOrganizations)
  const patch = readPatch(request, organizationRepresentation)
  const result = await changeRealm(context, async (tx) => {
    const updated = await updateOrganization({ tx, realm }, row, patch)
    if (updated.kind === 'done') await unlinkDomains(tx, realm.id, row.id, updated.removedDomains)
    return updated
  })
  if (result.kind === 'refused') throw refusal(result.fault)
  report(context, 'UPDATE', row.id, patch as OrganizationRepresentation)
  return noContent()
}

/** Its members stay users of the realm; managed ones, too (reference behaviour). */
async function deleteOrganization(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const row = await findOrganization(context, manageOrganizations)
  await changeRealm(context, async (tx) => {
    await unlinkDomains(tx, realm.id, row.id, 'all')
    await organizationRows(tx).remove(realm.id, row.id)
  })
  audit(context, { operation: 'DELETE', resourceType: 'ORGANIZATION', resourcePath: `organizations/${row.id}` })
  return noContent()
}

function report(context: AdminContext, operation: 'CREATE' | 'UPDATE', id: string, given: OrganizationRepresentation): void {
  const { domains } = given
  const shown = domains ? { ...given, domains: inDomainOrder(domains) } : given
  const representation = printRepresentation(organizationRepresentation, shown)
  audit(context, { operation, resourceType: 'ORGANIZATION', resourcePath: `organizations/${id}`, representation })
}

async function organizationsOfUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  requireOrganizations(context)
  permissions.require(...queryOrganizations)
  const user = await userRows(services.database).findById(realm.id, request.params['member'] ?? '')
  if (user === undefined) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  permissions.require(...viewUsers)
  return memberships(context, user.id)
}

async function organizationsOfMember(context: AdminContext): Promise<HttpResponse> {
  const { permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...queryUsers)
  const member = await findMember(context, organization)
  permissions.require(...viewUsers)
  return memberships(context, member.id)
}

async function memberships(context: AdminContext, userId: string): Promise<HttpResponse> {
  const { services, permissions } = context
  const rows = permissions.has(...viewOrganizations) ? await organizationRows(services.database).ofMember(userId) : []
  const list = rows.map((row) => describeOrganization(row, briefOf(context)))
  return jsonText(printRepresentations(organizationRepresentation, list))
}
