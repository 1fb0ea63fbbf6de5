import type { HttpResponse } from '../../http/values.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { printRepresentations } from '../../representations/print.ts'
import { groups as groupRows } from '../../storage/groups.ts'
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
  const rows = await groupRows(services.database).realmDefaultRows(realm.id)
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(services.database, rows, { brief: true })))
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
