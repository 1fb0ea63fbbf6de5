import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { memberRepresentation } from '../../representations/organization.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { organizationGroups } from '../../storage/organization-groups.ts'
import { organizationMembers } from '../../storage/organization-members.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, jsonText, noContent, pageParameters } from '../bodies.ts'
import {
  findMember,
  findOrganization,
  manageOrganizations,
  queryOrganizations,
  queryUsers,
  viewOrganizations,
  viewUsers,
} from './access.ts'
import { describeGroups, findGroup, type PlacedGroup } from './group-of.ts'
import { describeMembers } from './members.ts'

const path = '/organizations/:organization/groups/:group/members'

export const groupMemberRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Members of a group', role: queryOrganizations, handle: listMembers },
  { method: 'PUT', path: `${path}/:member`, summary: 'Put a member into a group', role: queryOrganizations, handle: putMember },
  { method: 'DELETE', path: `${path}/:member`, summary: 'Take a member out of a group', role: queryOrganizations, handle: deleteMember },
  {
    method: 'GET',
    path: '/organizations/:organization/members/:member/groups',
    summary: 'Groups of a member',
    role: queryOrganizations,
    handle: groupsOfMember,
  },
]

/** Rows of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

async function listMembers(context: AdminContext): Promise<HttpResponse> {
  const { request, services, permissions } = context
  const { group } = await findGroup(context, viewOrganizations)
  permissions.require(...queryUsers)
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const rows = permissions.has(...viewUsers) ? await organizationGroups(services.database).members(group.id, page) : []
  const list = await describeMembers(context, rows, { brief: flagParameter(query, 'briefRepresentation') ?? false })
  return jsonText(printRepresentations(memberRepresentation, list))
}

/** The user in the path, whom the caller may change. */
async function findUser({ request, services, realm, permissions }: AdminContext): Promise<UserRow> {
  const user = await userRows(services.database).findById(realm.id, request.params['member'] ?? '')
  if (user === undefined) throw new AdminError(404, { errorMessage: 'User does not exist' })
  permissions.require('manage-users')
  return user
}

async function requireMember({ services }: AdminContext, { organization }: PlacedGroup, user: UserRow): Promise<void> {
  const member = await organizationMembers(services.database).find(organization.id, user.id)
  if (member === undefined) throw new AdminError(400, { errorMessage: 'User is not member of the organization' })
}

async function putMember(context: AdminContext): Promise<HttpResponse> {
  const placed = await findGroup(context, manageOrganizations)
  const user = await findUser(context)
  await requireMember(context, placed, user)
  const joined = await organizationGroups(context.services.database).join(placed.group.id, placed.organization.id, user.id)
  if (joined === 0) throw new AdminError(409, { errorMessage: 'User is already a member of the group' })
  await report(context, 'CREATE', placed, user)
  return noContent()
}

/** Somebody who is not in the group leaves it without an error (reference behaviour). */
async function deleteMember(context: AdminContext): Promise<HttpResponse> {
  const placed = await findGroup(context, manageOrganizations)
  const user = await findUser(context)
  await requireMember(context, placed, user)
  const left = await organizationGroups(context.services.database).leave(placed.group.id, user.id)
  if (left > 0) await report(context, 'DELETE', placed, user)
  return noContent()
}

async function report(context: AdminContext, operation: 'CREATE' | 'DELETE', placed: PlacedGroup, user: UserRow): Promise<void> {
  const { organization, group } = placed
  const [described = {}] = await describeGroups(context, organization, [group], { brief: true, counts: false })
  const resourcePath = `organizations/${organization.id}/groups/${group.id}/members/${user.id}`
  const representation = printRepresentation(groupRepresentation, described)
  audit(context, { operation, resourceType: 'ORGANIZATION_GROUP_MEMBERSHIP', resourcePath, representation })
}

async function groupsOfMember(context: AdminContext): Promise<HttpResponse> {
  const { request, services, permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  permissions.require(...queryUsers)
  const member = await findMember(context, organization)
  permissions.require(...viewUsers)
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const rows = await organizationGroups(services.database).ofMember(organization.id, member.id, query.get('search') ?? '', page)
  const brief = flagParameter(query, 'briefRepresentation') ?? true
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(context, organization, rows, { brief, counts: false })))
}
