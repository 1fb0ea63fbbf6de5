import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type RoleRepresentation, roleRepresentation } from '../../representations/role.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import {
  created,
  flagParameter,
  jsonText,
  noContent,
  noContentUncached,
  pageParameters,
  readRepresentation,
  wholeListMax,
} from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireChangeable } from './admin-rights.ts'
import { requireMappable } from './composites.ts'
import { answerRoles, describeRole } from './describe-roles.ts'
import {
  findContainer,
  type RoleAddress,
  type RoleContainer,
  resourceTypeOf,
  roleAddresses,
  roleCollections,
  rolesById,
} from './find-role.ts'
import { resourcePathOf } from './resource-path.ts'

export const roleRoutes: readonly AdminRoute[] = [
  ...roleCollections.flatMap(({ path, list, manage }): AdminRoute[] => [
    { method: 'GET', path, summary: 'Roles of the realm or a client', role: list, handle: listRoles },
    { method: 'POST', path, summary: 'Make a role', role: manage, handle: createRole },
  ]),
  ...roleAddresses.flatMap((address): AdminRoute[] => [
    { method: 'GET', path: address.path, summary: 'A role', role: address.view, handle: (context) => getRole(context, address) },
    { method: 'PUT', path: address.path, summary: 'Change a role', role: address.manage, handle: (context) => putRole(context, address) },
    {
      method: 'DELETE',
      path: address.path,
      summary: 'Remove a role',
      role: address.manage,
      handle: (context) => deleteRole(context, address),
    },
  ]),
]

/** All roles by their names, or a page: `search` may be paged by one of `first` and `max`, the whole list by both only (reference behaviour). */
async function listRoles(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const container = await findContainer(context)
  const query = readQuery(request)
  const page = pageParameters(query, wholeListMax, wholeListMax)
  const search = query.get('search')?.trim() ?? ''
  const paged = search !== '' || (query.get('first') !== undefined && query.get('max') !== undefined)
  const { first, max } = paged ? page : { first: 0, max: wholeListMax }
  const rows = roleRows(services.database)
  const found = search === '' ? await rows.listOf(container.id, max, first) : await rows.searchOf(container.id, search, { first, max })
  return answerRoles(services.database, found, { brief: flagParameter(query, 'briefRepresentation') ?? true })
}

const nameless = (): AdminError => new AdminError(400, { error: 'role has no name' })

async function createRole(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const container = await findContainer(context)
  const given = readRepresentation(request, roleRepresentation)
  const { name } = given
  if (name === undefined || name === null) throw nameless()
  await requireChangeable(context, { name, client: container.client?.clientId ?? null })
  const composites = await namedComposites(context, container, given)
  await requireMappable(context, composites.rows)
  const id = services.random.uuid()
  const doc = docOf({}, given)
  await changeRealm(context, async (tx) => {
    await roleRows(tx).insert(realm.id, { id, clientId: container.client?.id ?? null, name, doc })
    const childIds = composites.rows.map((row) => row.id)
    await roleRows(tx).addComposites(id, composites.itself ? [...childIds, id] : childIds)
  }).catch((error: unknown) => {
    if (error instanceof UniqueViolation) throw new AdminError(409, { errorMessage: `Role with name ${name} already exists` })
    throw error
  })
  const path = resourcePathOf(container.client === undefined ? '/roles' : '/clients/:client/roles', request)
  audit(context, {
    operation: 'CREATE',
    resourceType: resourceTypeOf({ container }),
    resourcePath: `${path}/${name}`,
    representation: printRepresentation(roleRepresentation, { ...given, id }),
  })
  // An empty name adds no segment (reference behaviour).
  const end = name === '' ? '' : `/${encodeURIComponent(name)}`
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/${path}${end}`)
}

/** The members of a role that its document keeps; attributes that are not given stay, the description goes (reference behaviour). */
function docOf(before: RoleRepresentation, { description, attributes }: RoleRepresentation): string {
  const { description: _gone, attributes: old, ...rest } = before
  const filled = Object.entries(attributes ?? old ?? {}).filter(([, values]) => Array.isArray(values) && values.length > 0)
  return JSON.stringify({
    ...rest,
    ...(description === undefined || description === null ? {} : { description }),
    ...(filled.length === 0 ? {} : { attributes: Object.fromEntries(filled) }),
  })
}

/** The roles that a body names as composites, and whether the new role itself is among them, which leads nowhere (reference behaviour). */
interface NamedComposites {
  readonly rows: readonly RoleRow[]
  readonly itself: boolean
}

/** Clients that there are not are passed over; roles that there are not are an error. */
async function namedComposites(
  { services, realm }: AdminContext,
  container: RoleContainer,
  { name: own = '', composites, composite }: RoleRepresentation,
): Promise<NamedComposites> {
  if (composite !== true) return { rows: [], itself: false }
  const sql: Sql = services.database
  const wanted: { readonly id: string; readonly names: readonly string[]; readonly kind: string }[] = []
  if (composites?.realm) wanted.push({ id: realm.id, names: composites.realm, kind: 'Realm' })
  for (const [clientId, names] of Object.entries(composites?.client ?? {})) {
    const client = await clientRows(sql).find(realm.id, clientId)
    if (client !== undefined) wanted.push({ id: client.id, names, kind: 'Client' })
  }
  const found: RoleRow[] = []
  let itself = false
  for (const { id, names, kind } of wanted) {
    const rows = await roleRows(sql).findNames(id, names)
    const known = new Set(rows.map((row) => row.name))
    const missing = names.filter((name) => !known.has(name))
    const other = missing.find((name) => id !== container.id || name !== own)
    if (other !== undefined) throw new AdminError(404, { errorMessage: `${kind} Role with name ${other} does not exist` })
    itself ||= missing.length > 0
    found.push(...rows)
  }
  return { rows: found, itself }
}

async function getRole(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { row } = await address.find(context)
  return jsonText(printRepresentation(roleRepresentation, await describeRole(context.services.database, row)))
}

/** What a role is composed of has paths of its own; its kind and container do not change. */
async function putRole(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { request, realm } = context
  const { row, container } = await address.find(context)
  const client = container.client?.clientId ?? null
  await requireChangeable(context, { name: row.name, client })
  const given = readRepresentation(request, roleRepresentation)
  const { name } = given
  if (!name) throw nameless()
  await requireChangeable(context, { name, client })
  const doc = docOf(JSON.parse(row.doc) as RoleRepresentation, given)
  await changeRealm(context, (tx) => roleRows(tx).update(realm.id, { id: row.id, name, doc })).catch((error: unknown) => {
    if (!(error instanceof UniqueViolation)) throw error
    throw new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })
  })
  audit(context, {
    operation: 'UPDATE',
    resourceType: resourceTypeOf({ container }),
    resourcePath: resourcePathOf(address.path, request),
    representation: printRepresentation(roleRepresentation, given),
  })
  return noContent()
}

/** Whatever refers to the role loses it with it: composites, mappings, scope mappings. */
async function deleteRole(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { request, realm } = context
  const { row, container } = await address.find(context)
  await requireChangeable(context, { name: row.name, client: container.client?.clientId ?? null })
  if (row.id === realm.defaultRoleId)
    throw new AdminError(400, { errorMessage: `${row.name} is default role of the realm and cannot be removed.` })
  await changeRealm(context, (tx) => roleRows(tx).remove(realm.id, row.id))
  const { id, name } = row
  audit(context, {
    operation: 'DELETE',
    resourceType: resourceTypeOf({ container }),
    resourcePath: resourcePathOf(address.path, request),
    // Of a role that is named by its id the reference keeps no more than that.
    ...(address === rolesById ? {} : { representation: printRepresentation(roleRepresentation, { id, name }) }),
  })
  return noContentUncached()
}
