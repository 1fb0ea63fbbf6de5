import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { printRepresentations } from '../../representations/print.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, noContentUncached } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireGroupWithinReach } from '../roles/admin-rights.ts'
import { describeGroups } from './describe-groups.ts'
import { findNamedGroup } from './find-group.ts'

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

export const defaultGroupRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/default-groups', summary: 'Groups that new users join', role: view, handle: list },
  { method: 'PUT', path: '/default-groups/:group', summary: 'Let new users join a group', role: manage, handle: add },
  { method: 'DELETE', path: '/default-groups/:group', summary: 'Let new users join a group no longer', role: manage, handle: remove },
]

async function list({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = await groupRows(services.database).realmDefaultRows([realm.id])
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(services.database, rows, { brief: true })))
}

/** Paths of the groups that new users join, by the realms' ids; realms without such groups are left out. */
export async function defaultGroupPaths(sql: Sql, realmIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const rows = await groupRows(sql).realmDefaultRows(realmIds)
  if (rows.length === 0) return new Map()
  const paths = new Map((await describeGroups(sql, rows, { brief: true })).map(({ id, path = '' }) => [id, path]))
  const byRealm = Map.groupBy(rows, (row) => row.realm_id)
  return new Map(Array.from(byRealm, ([realmId, list]) => [realmId, list.flatMap(({ id }) => paths.get(id) ?? [])]))
}

/** Ids of the groups that a PUT of the realm names. Throws 400 for a path without a group, 403 for a new one beyond the caller's reach. */
export async function namedDefaultGroups(context: AdminContext, paths: readonly string[]): Promise<string[]> {
  const { services, realm } = context
  const before = new Set((await groupRows(services.database).realmDefaults(realm.id)).map((row) => row.group_id))
  const ids = new Set<string>()
  for (const path of paths) {
    const row = await groupRows(services.database).findByPath(realm.id, `/${path.replace(/^\/|\/$/g, '')}`)
    if (row === undefined) throw new AdminError(400, { errorMessage: `Group in defaultGroups doesn't exist: ${path}` })
    if (!before.has(row.id)) await requireGroupWithinReach(context, row.id)
    ids.add(row.id)
  }
  return [...ids]
}

/** Whoever registers joins the group: nobody may give away by it what he does not have. */
async function add(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const { id } = await findNamedGroup(context)
  await requireGroupWithinReach(context, id)
  await changeRealm(context, (tx) => groupRows(tx).addRealmDefault(realm.id, id))
  audit(context, { operation: 'CREATE', resourceType: 'GROUP', resourcePath: `default-groups/${id}` })
  return noContentUncached()
}

async function remove(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const { id } = await findNamedGroup(context)
  await changeRealm(context, (tx) => groupRows(tx).removeRealmDefault(realm.id, id))
  audit(context, { operation: 'DELETE', resourceType: 'GROUP', resourcePath: `default-groups/${id}` })
  return noContentUncached()
}
