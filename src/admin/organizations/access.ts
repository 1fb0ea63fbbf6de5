import { AdminError } from '../../http/errors.ts'
import type { HttpRequest } from '../../http/values.ts'
import type { MemberRow } from '../../storage/organization-members.ts'
import { organizationMembers } from '../../storage/organization-members.ts'
import { type OrganizationRow, organizations as organizationRows } from '../../storage/organizations.ts'
import type { AdminContext } from '../admin-route.ts'
import { requireJson } from '../bodies.ts'

export const viewOrganizations = ['view-organizations', 'manage-organizations', 'manage-realm'] as const
export const manageOrganizations = ['manage-organizations', 'manage-realm'] as const
/** Who comes this far at all; what he sees, handlers decide. */
export const queryOrganizations = [...viewOrganizations, 'query-organizations'] as const
export const viewUsers = ['view-users', 'manage-users'] as const
export const queryUsers = [...viewUsers, 'query-users'] as const

/** A realm without organizations answers nothing about them. */
export function requireOrganizations({ realm }: Pick<AdminContext, 'realm'>): void {
  if (realm.settings.organizationsEnabled !== true) throw new AdminError(404, { errorMessage: 'Organizations not enabled for this realm.' })
}

/** The organization in the path, for those who have one of the roles; that there is none is told before that (reference behaviour). */
export async function findOrganization(context: AdminContext, roles: readonly string[]): Promise<OrganizationRow> {
  const { request, services, realm, permissions } = context
  requireOrganizations(context)
  const row = await organizationRows(services.database).find(realm.id, request.params['organization'] ?? '')
  if (row === undefined) throw new AdminError(404, { errorMessage: 'Organization not found.' })
  permissions.require(...roles)
  return row
}

/** The member in the path; 404 for everybody else, be he a user of the realm or not. */
export async function findMember({ request, services }: AdminContext, organization: OrganizationRow): Promise<MemberRow> {
  const member = await organizationMembers(services.database).find(organization.id, request.params['member'] ?? '')
  if (member === undefined) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  return member
}

/** A body that is one text: an id or an alias, as JSON or bare. */
export function readName(request: HttpRequest): string {
  requireJson(request)
  return request.body
    .toString('utf8')
    .trim()
    .replace(/^"(.*)"$/s, '$1')
}
