import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import { type GroupRepresentation, groupRepresentation } from '../../representations/group.ts'
import { arrangeRepresentation, printRepresentation, printRepresentations } from '../../representations/print.ts'
import { userRepresentation } from '../../representations/user.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
import { membersPage } from '../../storage/members.ts'
import { UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, flagParameter, jsonText, noContent, pageParameters, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireGroupWithinReach } from '../roles/admin-rights.ts'
import { describeUsers } from '../users/users.ts'
import { describeGroup, groupAccess } from './describe-groups.ts'
import { findGroup, manageGroups, viewGroups } from './find-group.ts'

export const groupRoutes: readonly AdminRoute[] = [
  { method: 'POST', path: '/groups', summary: 'Make a group at the top, or move one there', role: manageGroups, handle: createAtTop },
  { method: 'GET', path: '/groups/:group', summary: 'A group', role: viewGroups, handle: getGroup },
  { method: 'PUT', path: '/groups/:group', summary: 'Change a group', role: manageGroups, handle: putGroup },
  { method: 'DELETE', path: '/groups/:group', summary: 'Remove a group and all below it', role: manageGroups, handle: deleteGroup },
  {
    method: 'POST',
    path: '/groups/:group/children',
    summary: 'Make a sub-group, or move one there',
    role: manageGroups,
    handle: createBelow,
  },
  { method: 'GET', path: '/groups/:group/members', summary: 'Users who are in a group themselves', role: viewGroups, handle: listMembers },
]

/** Members of one page unless the caller asks for another number; the reference's default. */
const membersDefault = 100

async function getGroup(context: AdminContext): Promise<HttpResponse> {
  const { services, permissions } = context
  const row = await findGroup(context)
  const group = await describeGroup(services.database, row, { counted: true, access: groupAccess(permissions) })
  return jsonText(printRepresentation(groupRepresentation, group))
}

/** Names are kept as they are, spaces at their ends too, but there must be something else in them. */
function readGroup({ request }: AdminContext): GroupRepresentation & { name: string } {
  const given = readRepresentation(request, groupRepresentation)
  const { name } = given
  if (!name?.trim()) throw new AdminError(400, { errorMessage: 'Group name is missing' })
  return { ...given, name }
}

/** What a group's document keeps of a body; attributes that are not given stay, the description goes (reference behaviour). */
function docOf(before: GroupRepresentation, { description, attributes }: GroupRepresentation): string {
  const { description: _gone, attributes: old, ...rest } = before
  const filled = Object.entries(attributes ?? old ?? {}).filter(([, values]) => Array.isArray(values) && values.length > 0)
  return JSON.stringify({
    ...rest,
    ...(description === undefined || description === null ? {} : { description }),
    attributes: Object.fromEntries(filled),
  })
}

const siblingExists = (name: string): AdminError => new AdminError(409, { errorMessage: `Sibling group named '${name}' already exists.` })
const topExists = (name: string): AdminError => new AdminError(409, { errorMessage: `Top level group named '${name}' already exists.` })

/** Runs a write of a name that another group may have. */
async function named<T>(work: Promise<T>, taken: AdminError): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof UniqueViolation ? taken : error
  })
}

async function createAtTop(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readGroup(context)
  if (given.id !== undefined && given.id !== null) return moveTo(context, given, undefined)
  const { id } = await insert(context, given, '', topExists(given.name))
  audit(context, {
    operation: 'CREATE',
    resourceType: 'GROUP',
    resourcePath: `groups/${id}`,
    representation: printRepresentation(groupRepresentation, { ...given, id }),
  })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/groups/${id}`)
}

/** A new sub-group is the answer, without the number of those below it (reference behaviour). */
async function createBelow(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const parent = await findGroup(context)
  const given = readGroup(context)
  if (given.id !== undefined && given.id !== null) return moveTo(context, given, parent)
  const row = await insert(context, given, parent.id, siblingExists(given.name))
  audit(context, {
    operation: 'CREATE',
    resourceType: 'GROUP',
    resourcePath: `groups/${parent.id}/children`,
    representation: printRepresentation(groupRepresentation, { ...given, id: row.id }),
  })
  const group = await describeGroup(services.database, row, { access: groupAccess(permissions) })
  return jsonResponse(201, arrangeRepresentation(groupRepresentation, group), {
    location: `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/groups/${row.id}`,
    'cache-control': 'no-cache',
  })
}

/** Roles and sub-groups of the body are not made (reference behaviour). A new group gives nothing to anybody yet, so that no snapshot changes. */
async function insert(
  { services, realm }: AdminContext,
  given: GroupRepresentation & { name: string },
  parentId: string,
  taken: AdminError,
): Promise<GroupRow> {
  const row = { id: services.random.uuid(), parent_id: parentId, name: given.name, doc: docOf({}, given) }
  await named(groupRows(services.database).insert(realm.id, { ...row, parentId }), taken)
  return row
}

/** A body with an id moves that group with all below it; nothing else of the body counts (reference behaviour). */
async function moveTo(
  context: AdminContext,
  given: GroupRepresentation & { name: string },
  parent: GroupRow | undefined,
): Promise<HttpResponse> {
  const { services, realm } = context
  const rows = groupRows(services.database)
  const group = await rows.findById(realm.id, given.id ?? '')
  if (group === undefined) throw new AdminError(404, { error: 'Could not find child by id' })
  const parentId = parent?.id ?? ''
  if (parent !== undefined && parent.id !== group.id) {
    // Members of what is moved get what the groups above it have.
    await requireGroupWithinReach(context, parent.id)
  }
  if (parentId !== group.id && parentId !== group.parent_id) {
    const taken = parent === undefined ? topExists(group.name) : siblingExists(group.name)
    const work = changeRealm(context, async (tx) => {
      const above = parent === undefined ? [] : await groupRows(tx).withAncestors([parent.id])
      // The reference fails at a group below itself, too.
      if (above.some(({ id }) => id === group.id)) throw broken()
      await groupRows(tx).move(realm.id, group.id, parentId)
    })
    await named(work, taken)
  }
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'GROUP',
    resourcePath: parent === undefined ? 'groups' : `groups/${parent.id}/children`,
    representation: printRepresentation(groupRepresentation, given),
  })
  return noContent()
}

const broken = (): AdminError =>
  new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

/** The group's place, roles and sub-groups do not change by PUT. */
async function putGroup(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const row = await findGroup(context)
  const given = readGroup(context)
  if (given.id !== undefined && given.id !== null && given.id !== row.id) throw new AdminError(400, { errorMessage: 'Invalid group id' })
  const doc = docOf(JSON.parse(row.doc) as GroupRepresentation, given)
  const work = changeRealm(context, (tx) => groupRows(tx).update(realm.id, { id: row.id, name: given.name, doc }))
  await named(work, siblingExists(given.name))
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'GROUP',
    resourcePath: `groups/${row.id}`,
    representation: printRepresentation(groupRepresentation, given),
  })
  return noContent()
}

async function deleteGroup(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const { id, name } = await findGroup(context)
  await changeRealm(context, (tx) => groupRows(tx).removeTree(realm.id, id))
  audit(context, {
    operation: 'DELETE',
    resourceType: 'GROUP',
    resourcePath: `groups/${id}`,
    representation: printRepresentation(groupRepresentation, { id, name, subGroups: [] }),
  })
  return noContent()
}

async function listMembers(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const { id } = await findGroup(context)
  const query = readQuery(request)
  const rows = await membersPage(services.database, 'group', { id, realmId: realm.id }, pageParameters(query, membersDefault))
  const brief = flagParameter(query, 'briefRepresentation') ?? false
  return jsonText(printRepresentations(userRepresentation, await describeUsers(context, rows, { brief })))
}
