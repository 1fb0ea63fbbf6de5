import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
import { containing } from '../../storage/like.ts'
import type { Sql } from '../../storage/sql.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, json, jsonText, noContentUncached, pageParameters, wholeListMax } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireGroupWithinReach } from '../roles/admin-rights.ts'
import { findUser } from '../users/users.ts'
import { describeGroup, describeGroups } from './describe-groups.ts'
import { findNamedGroup, manageGroups, viewGroups } from './find-group.ts'

export const userGroupRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users/:user/groups', summary: 'Groups that a user is in himself', role: viewGroups, handle: list },
  { method: 'GET', path: '/users/:user/groups/count', summary: 'How many groups a user is in himself', role: viewGroups, handle: count },
  { method: 'PUT', path: '/users/:user/groups/:group', summary: 'Put a user into a group', role: manageGroups, handle: join },
  { method: 'DELETE', path: '/users/:user/groups/:group', summary: 'Take a user out of a group', role: manageGroups, handle: leave },
]

async function list(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const { id } = await findUser(context)
  const query = readQuery(request)
  const page = pageParameters(query, wholeListMax, wholeListMax)
  const rows = await groupRows(services.database).ofUser(id, containing(query.get('search') ?? ''), page)
  const brief = flagParameter(query, 'briefRepresentation') ?? true
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(services.database, rows, { brief })))
}

async function count(context: AdminContext): Promise<HttpResponse> {
  const { id } = await findUser(context)
  const search = readQuery(context.request).get('search') ?? ''
  return json({ count: await groupRows(context.services.database).countOfUser(id, containing(search)) })
}

async function join(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const group = await findNamedGroup(context)
  await requireGroupWithinReach(context, group.id)
  return change(context, 'CREATE', user, group, (tx) => userRows(tx).addGroup(user.id, group.id))
}

async function leave(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const group = await findNamedGroup(context)
  return change(context, 'DELETE', user, group, (tx) => userChanges(tx).removeGroup(user.id, group.id))
}

/** Where nothing changes there is no event (reference behaviour). */
async function change(
  context: AdminContext,
  operation: 'CREATE' | 'DELETE',
  user: UserRow,
  group: GroupRow,
  work: (tx: Sql) => Promise<number>,
): Promise<HttpResponse> {
  const { database } = context.services
  // What a service account's groups give is part of the realm's snapshot.
  const changed = await (user.service_account_client_id === null ? database.transaction(work) : changeRealm(context, work))
  if (changed > 0) {
    audit(context, {
      operation,
      resourceType: 'GROUP_MEMBERSHIP',
      resourcePath: `users/${user.id}/groups/${group.id}`,
      representation: printRepresentation(groupRepresentation, await describeGroup(database, group)),
      details: { username: user.username, email: user.email ?? undefined },
    })
  }
  return noContentUncached()
}
