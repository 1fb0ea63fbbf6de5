import { AdminError } from '../../http/errors.ts'
import type { GroupRepresentation } from '../../representations/group.ts'
import { type OrganizationGroupRow, organizationGroups } from '../../storage/organization-groups.ts'
import type { OrganizationRow } from '../../storage/organizations.ts'
import { namedRoles } from '../../transfer/named-roles.ts'
import type { AdminContext } from '../admin-route.ts'
import { findOrganization, viewOrganizations } from './access.ts'

/** A group with the organization that it belongs to. */
export interface PlacedGroup {
  readonly organization: OrganizationRow
  readonly group: OrganizationGroupRow
}

/** The group in the path, for those who have one of the roles; who may see organizations learns that there is none. */
export async function findGroup(context: AdminContext, roles: readonly string[]): Promise<PlacedGroup> {
  const { request, services, permissions } = context
  const organization = await findOrganization(context, viewOrganizations)
  const group = await organizationGroups(services.database).find(request.params['group'] ?? '')
  if (group === undefined || !(await organizationGroups(services.database).isOfRealm(context.realm.id, group.id)))
    throw new AdminError(404, { errorMessage: 'Group does not exist' })
  if (group.organization_id !== organization.id) throw new AdminError(400, { errorMessage: 'Group does not belong to the organization' })
  permissions.require(...roles)
  return { organization, group }
}

type Facts = Pick<GroupRepresentation, 'description' | 'attributes'>

/** What is stored of a group beside its name. */
export function groupFacts({ description, attributes = {} }: Facts): { doc: string; attributes: Record<string, string[]> } {
  return { doc: JSON.stringify({ ...(description === undefined ? {} : { description }), attributes }), attributes }
}

/** Groups as the reference prints them: brief without attributes and roles; a fixed number of statements. */
export async function describeGroups(
  { services }: Pick<AdminContext, 'services'>,
  organization: OrganizationRow,
  rows: readonly OrganizationGroupRow[],
  { brief, counts }: { readonly brief: boolean; readonly counts: boolean },
): Promise<GroupRepresentation[]> {
  const ids = rows.map(({ id }) => id)
  const groups = organizationGroups(services.database)
  const roles = Map.groupBy(brief ? [] : await groups.rolesOf(ids), (role) => role.group_id)
  const numbers = new Map((counts ? await groups.childCounts(ids) : []).map(({ parent_id, n }) => [parent_id, n]))
  return rows.map((row) => {
    const { description, attributes = {} } = JSON.parse(row.doc) as Facts
    const { realm: realmRoles = [], client: clientRoles = {} } = namedRoles(roles.get(row.id) ?? [])
    return {
      id: row.id,
      name: row.name,
      ...(description === undefined ? {} : { description }),
      path: row.path,
      parentId: row.parent_id === '' ? organization.group_id : row.parent_id,
      ...(counts ? { subGroupCount: numbers.get(row.id) ?? 0 } : {}),
      subGroups: [],
      ...(brief ? {} : { attributes, realmRoles, clientRoles }),
    }
  })
}

/** Moves a group below another one, or to the top. False when there is one of its name, or when it would come below itself. */
export async function moveGroup(
  { services }: AdminContext,
  { organization, group }: PlacedGroup,
  parent: OrganizationGroupRow | undefined,
): Promise<boolean> {
  const parentId = parent?.id ?? ''
  const { attributes = {} } = JSON.parse(group.doc) as Facts
  return services.database.transaction(async (tx) => {
    const groups = organizationGroups(tx)
    if (parent !== undefined && (await groups.isBelow(parent.id, group.id))) return false
    if (await groups.hasSibling(organization.id, parentId, group.name, group.id)) return false
    const path = `${parent?.path ?? ''}/${group.name}`
    await groups.update({ id: group.id, organizationId: organization.id, parentId, name: group.name, path, doc: group.doc, attributes })
    return true
  })
}
