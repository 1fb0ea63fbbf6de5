import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type RoleRepresentation, roleRepresentation } from '../../representations/role.ts'
import { mappingsRepresentation } from '../../representations/scope-mapping.ts'
import type { MappedRoleRow } from '../../storage/role-mappings.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, isNothing, jsonText, noContent, readRepresentations, wholeListMax } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { forbidden } from '../permissions.ts'
import { answerRoles, describeRoles } from './describe-roles.ts'
import { findContainer, type RoleContainer } from './find-role.ts'
import { resourcePathOf } from './resource-path.ts'

/** The roles mapped to one holder, as storage/role-mappings.ts has them. */
export interface Mappings {
  direct(): Promise<MappedRoleRow[]>
  own(containerId: string): Promise<RoleRow[]>
  available(containerId: string): Promise<RoleRow[]>
  effective(containerId: string): Promise<RoleRow[]>
  add(roleIds: readonly string[]): Promise<unknown>
  remove(roleIds: readonly string[]): Promise<unknown>
}

/** Somebody or something that roles are mapped to. */
export interface RoleHolder {
  mappings(sql: Sql): Mappings
  /** True when the realm's snapshot holds what the mappings give. */
  readonly inSnapshot: boolean
  /** True when every role is effective without being mapped. */
  readonly hasAll?: boolean
}

/** One kind of holder: where it is found and what the mapping of a role to it asks for. */
export interface MappingPaths {
  /** `/groups/:group/role-mappings` */
  readonly path: string
  readonly view: AdminRoute['role']
  readonly manage: AdminRoute['role']
  readonly resourceType: 'ROLE_MAPPING' | 'SCOPE_MAPPING'
  readonly clientMissing: string
  /** Throws 404 when the path leads to nothing. */
  find(context: AdminContext): Promise<RoleHolder>
  /** The roles that a body names. Throws 404 for those that there are not. */
  named(context: AdminContext, container: RoleContainer, given: readonly RoleRepresentation[]): Promise<RoleRow[]>
  /** Ids of the roles that the caller may not map, nor take away. */
  barred(context: AdminContext, rows: readonly RoleRow[]): Promise<ReadonlySet<string>>
}

/** The routes below a holder: all of its roles, and those of the realm or one client, own, effective and available. */
export function mappingRoutes(paths: MappingPaths): AdminRoute[] {
  const { path: all, view, manage } = paths
  return [
    { method: 'GET', path: all, summary: 'Roles that are mapped', role: view, handle: (context) => listAll(context, paths) },
    ...[`${all}/realm`, `${all}/clients/:target`].flatMap((path): AdminRoute[] => [
      { method: 'GET', path, summary: 'Mapped roles of the realm or a client', role: view, handle: (context) => listOwn(context, paths) },
      { method: 'POST', path, summary: 'Map roles', role: manage, handle: (context) => change(context, paths, 'CREATE') },
      { method: 'DELETE', path, summary: 'Take mapped roles away', role: manage, handle: (context) => change(context, paths, 'DELETE') },
      {
        method: 'GET',
        path: `${path}/composite`,
        summary: 'Effective roles',
        role: view,
        handle: (context) => listEffective(context, paths),
      },
      {
        method: 'GET',
        path: `${path}/available`,
        summary: 'Roles that can be mapped',
        role: view,
        handle: (context) => listAvailable(context, paths),
      },
    ]),
  ]
}

const containerOf = (context: AdminContext, { clientMissing }: MappingPaths): Promise<RoleContainer> =>
  findContainer(context, 'target', clientMissing)

async function listAll(context: AdminContext, paths: MappingPaths): Promise<HttpResponse> {
  const { database } = context.services
  const rows = await (await paths.find(context)).mappings(database).direct()
  const described = await describeRoles(database, rows)
  const ofRealm: RoleRepresentation[] = []
  const ofClients = new Map<string, { id: string; client: string; mappings: RoleRepresentation[] }>()
  for (const [index, row] of rows.entries()) {
    const role = described[index]
    if (role === undefined) continue
    const { client_id: id, client } = row
    if (id === null || client === null) {
      ofRealm.push(role)
      continue
    }
    const known = ofClients.get(client)
    if (known) known.mappings.push(role)
    else ofClients.set(client, { id, client, mappings: [role] })
  }
  return jsonText(
    printRepresentation(mappingsRepresentation, {
      ...(ofRealm.length > 0 ? { realmMappings: ofRealm } : {}),
      ...(ofClients.size > 0 ? { clientMappings: Object.fromEntries(ofClients) } : {}),
    }),
  )
}

async function listOwn(context: AdminContext, paths: MappingPaths): Promise<HttpResponse> {
  const { database } = context.services
  const holder = await paths.find(context)
  const { id } = await containerOf(context, paths)
  return answerRoles(database, await holder.mappings(database).own(id))
}

async function listEffective(context: AdminContext, paths: MappingPaths): Promise<HttpResponse> {
  const { database } = context.services
  const holder = await paths.find(context)
  const { id } = await containerOf(context, paths)
  const rows = holder.hasAll ? await roleRows(database).listOf(id, wholeListMax, 0) : await holder.mappings(database).effective(id)
  return answerRoles(database, rows, { brief: flagParameter(readQuery(context.request), 'briefRepresentation') ?? true })
}

/** Those that the caller may map; mapped ones are left out, those that come by composites are not. */
async function listAvailable(context: AdminContext, paths: MappingPaths): Promise<HttpResponse> {
  const { database } = context.services
  const holder = await paths.find(context)
  const { id } = await containerOf(context, paths)
  const rows = await holder.mappings(database).available(id)
  const barred = await paths.barred(context, rows)
  return answerRoles(
    database,
    rows.filter((row) => !barred.has(row.id)),
  )
}

async function change(context: AdminContext, paths: MappingPaths, operation: 'CREATE' | 'DELETE'): Promise<HttpResponse> {
  const { services, request } = context
  const { database } = services
  const holder = await paths.find(context)
  const container = await containerOf(context, paths)
  // A DELETE without a body takes all roles of the realm, or of the client.
  const whole = operation === 'DELETE' && isNothing(request)
  const given = whole ? undefined : readRepresentations(request, roleRepresentation)
  const rows = given ? await paths.named(context, container, given) : await holder.mappings(database).own(container.id)
  if ((await paths.barred(context, rows)).size > 0) throw forbidden()
  const representation = printRepresentations(roleRepresentation, given ?? (await describeRoles(database, rows)))
  const ids = [...new Set(rows.map((row) => row.id))]
  const work = async (tx: Sql): Promise<void> => {
    const mappings = holder.mappings(tx)
    await (operation === 'CREATE' ? mappings.add(ids) : mappings.remove(ids))
  }
  await (holder.inSnapshot ? changeRealm(context, work) : database.transaction(work))
  // To give nothing to somebody is no event (reference behaviour).
  if (operation === 'CREATE' && rows.length === 0 && paths.resourceType === 'ROLE_MAPPING') return noContent()
  audit(context, {
    operation,
    resourceType: `${container.client === undefined ? 'REALM' : 'CLIENT'}_${paths.resourceType}`,
    resourcePath: resourcePathOf(`${paths.path}/${container.client === undefined ? 'realm' : 'clients/:target'}`, request),
    representation,
  })
  return noContent()
}
