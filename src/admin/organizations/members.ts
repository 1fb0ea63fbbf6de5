import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { describeOrganization } from '../../organizations/organizations.ts'
import { type MemberRepresentation, memberRepresentation, organizationRepresentation } from '../../representations/organization.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type MemberRow, organizationMembers } from '../../storage/organization-members.ts'
import type { OrganizationRow } from '../../storage/organizations.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { removeUser } from '../../users/accounts.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, flagParameter, json, jsonText, noContent, pageParameters } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { describeUsers } from '../users/users.ts'
import {
  findMember,
  findOrganization,
  manageOrganizations,
  queryOrganizations,
  queryUsers,
  readName,
  viewOrganizations,
  viewUsers,
} from './access.ts'

const path = '/organizations/:organization/members'

export const memberRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Members of an organization', role: queryOrganizations, handle: listMembers },
  { method: 'POST', path, summary: 'Make a user a member', role: queryOrganizations, handle: postMember },
  { method: 'GET', path: `${path}/count`, summary: 'How many members there are', role: queryOrganizations, handle: countMembers },
  { method: 'GET', path: `${path}/:member`, summary: 'A member', role: queryOrganizations, handle: getMember },
  { method: 'DELETE', path: `${path}/:member`, summary: 'Remove a member', role: queryOrganizations, handle: deleteMember },
]

/** Members of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

/** Members as the reference prints them, a fixed number of statements. */
export async function describeMembers(
  context: AdminContext,
  rows: readonly MemberRow[],
  options: { readonly brief: boolean },
): Promise<MemberRepresentation[]> {
  const users = await describeUsers(context, rows, options)
  return users.map((user, index) => ({ ...user, membershipType: rows[index]?.managed === 1 ? 'MANAGED' : 'UNMANAGED' }))
}

/** `managed` or `unmanaged`; the reference fails at any other word. */
function managedOnly(type: string | undefined): boolean | undefined {
  if (type === undefined || type === '') return undefined
  const word = type.toUpperCase()
  if (word !== 'MANAGED' && word !== 'UNMANAGED')
    throw new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })
  return word === 'MANAGED'
}

/** Who may only query users sees no member (reference behaviour). */
async function listMembers(context: AdminContext): Promise<HttpResponse> {
  const { request, services, permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...queryUsers)
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const search = {
    text: query.get('search') ?? '',
    exact: flagParameter(query, 'exact') ?? false,
    managed: managedOnly(query.get('membershipType')),
  }
  const rows = permissions.has(...viewUsers) ? await organizationMembers(services.database).list(organization.id, search, page) : []
  const list = await describeMembers(context, rows, { brief: flagParameter(query, 'briefRepresentation') ?? true })
  return jsonText(printRepresentations(memberRepresentation, list))
}

async function countMembers(context: AdminContext): Promise<HttpResponse> {
  const { services, permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...queryUsers)
  return json(permissions.has(...viewUsers) ? await organizationMembers(services.database).count(organization.id) : 0)
}

async function getMember(context: AdminContext): Promise<HttpResponse> {
  const { permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...queryUsers)
  const row = await findMember(context, organization)
  permissions.require(...viewUsers)
  const [member = {}] = await describeMembers(context, [row], { brief: false })
  return jsonText(printRepresentation(memberRepresentation, member))
}

async function postMember(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const organization = await findOrganization(context, manageOrganizations)
  permissions.require(...queryUsers)
  const user = await userRows(services.database).findById(realm.id, readName(request))
  if (user === undefined) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  const add = (sql: Parameters<typeof organizationMembers>[0]): Promise<number> =>
    organizationMembers(sql).add(organization.id, realm.id, user.id, false)
  // Snapshots hold service accounts with what tokens tell of them.
  const added = user.service_account_client_id === null ? await add(services.database) : await changeRealm(context, add)
  if (added === 0) throw new AdminError(409, { errorMessage: 'User is already a member of the organization.' })
  reportMembership(context, 'CREATE', { organization, user, below: 'members' })
  const base = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}`
  return created(`${base}/organizations/${organization.id}/members/${user.id}`)
}

/** A managed member is a user for the organization's sake, and goes with the membership. */
async function deleteMember(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, permissions } = context
  const organization = await findOrganization(context, manageOrganizations)
  permissions.require(...queryUsers)
  const { managed, ...user } = await findMember(context, organization)
  const remove = (sql: Parameters<typeof organizationMembers>[0]): Promise<number> =>
    organizationMembers(sql).remove(organization.id, user.id)
  if (managed === 1) await removeUser({ ...services, sql: services.database }, realm, user)
  else if (user.service_account_client_id === null) await remove(services.database)
  else await changeRealm(context, remove)
  reportMembership(context, 'DELETE', { organization, user, below: `members/${user.id}` })
  return noContent()
}

/** What is stored is the organization, as the reference has it. */
function reportMembership(
  context: AdminContext,
  operation: 'CREATE' | 'DELETE',
  { organization, user, below }: { readonly organization: OrganizationRow; readonly user: UserRow; readonly below: string },
): void {
  audit(context, {
    operation,
    resourceType: 'ORGANIZATION_MEMBERSHIP',
    resourcePath: `organizations/${organization.id}/${below}`,
    representation: printRepresentation(organizationRepresentation, describeOrganization(organization, { brief: true })),
    details: { username: user.username, email: user.email ?? undefined },
  })
}
