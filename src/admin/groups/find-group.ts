import { AdminError } from '../../http/errors.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
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
  if (row === undefined) throw new AdminError(404, { error })
  return row
}
