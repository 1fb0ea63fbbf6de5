import { AdminError } from '../../http/errors.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
import { organizationGroups } from '../../storage/organization-groups.ts'
import type { AdminContext } from '../admin-route.ts'

export const viewGroups = ['view-users', 'manage-users'] as const
export const manageGroups = ['manage-users'] as const

/** The group that the path names. */
export function findGroup(context: AdminContext): Promise<GroupRow> {
  return find(context, 'Could not find group by id')
}

/** As findGroup, where the path first names something else: a user, the default groups. */
export function findNamedGroup(context: AdminContext): Promise<GroupRow> {
  return find(context, 'Group not found')
}

async function find({ request, services, realm }: AdminContext, error: string): Promise<GroupRow> {
  const row = await groupRows(services.database).findById(realm.id, request.params['group'] ?? '')
  if (row === undefined && (await isOfOrganization(services, realm.id, request.params['group'] ?? '')))
    throw new AdminError(400, { errorMessage: 'Cannot manage organization related group via non Organization API.' })
  if (row === undefined) throw new AdminError(404, { error })
  return row
}

/** Groups of organizations have paths of their own. */
const isOfOrganization = async ({ database }: AdminContext['services'], realmId: string, id: string): Promise<boolean> =>
  await organizationGroups(database).isOfRealm(realmId, id)
