import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { adminRoleNames } from '../../realm/defaults/roles.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { type RoleRepresentation, roleRepresentation } from '../../representations/role.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { realms as realmRows } from '../../storage/realms.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import { users as userRows } from '../../storage/users.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, json, noContent, readRepresentations } from '../bodies.ts'
import { forbidden, type Permissions, permissionsOver, realmPermissions } from '../permissions.ts'
import { findUser } from '../users/users.ts'

const view = ['view-users', 'manage-users'] as const
const manage = ['manage-users'] as const
const realmPath = '/users/:user/role-mappings/realm'
const clientPath = '/users/:user/role-mappings/clients/:client'

export const roleMappingRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users/:user/role-mappings', summary: "A user's own roles", role: view, handle: getMappings },
  ...[realmPath, clientPath].flatMap((path): AdminRoute[] => [
    { method: 'GET', path, summary: "A user's own roles of the realm or a client", role: view, handle: (context) => list(context, 'own') },
    { method: 'POST', path, summary: 'Give roles to a user', role: manage, handle: (context) => change(context, 'CREATE') },
    { method: 'DELETE', path, summary: 'Take roles from a user', role: manage, handle: (context) => change(context, 'DELETE') },
    {
      method: 'GET',
      path: `${path}/composite`,
      summary: 'Effective roles of a user',
      role: view,
      handle: (context) => list(context, 'effective'),
    },
    {
      method: 'GET',
      path: `${path}/available`,
      summary: 'Roles that a user does not have',
      role: view,
      handle: (context) => list(context, 'available'),
    },
  ]),
]

/** The realm's id, or the client's when the path names one. */
async function containerOf({ request, services, realm }: AdminContext): Promise<string> {
  const client = request.params['client']
  if (client === undefined) return realm.id
  if ((await clientRows(services.database).findById(realm.id, client)) === undefined)
    throw new AdminError(404, { error: 'Client not found' })
  return client
}

/** Roles with or without their attributes; which of them are composite is asked once for all. */
async function describe({ services }: AdminContext, rows: readonly RoleRow[], brief: boolean): Promise<RoleRepresentation[]> {
  const composite = new Set((await roleRows(services.database).compositeParents(rows.map((row) => row.id))).map((row) => row.parent_id))
  return rows.map((row) => {
    const { description, attributes } = JSON.parse(row.doc) as RoleRepresentation
    return {
      id: row.id,
      name: row.name,
      ...(description === undefined ? {} : { description }),
      composite: composite.has(row.id),
      clientRole: row.client_id !== null,
      containerId: row.container_id,
      ...(brief ? {} : { attributes: attributes ?? {} }),
    }
  })
}

async function getMappings(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const rows = await userRows(context.services.database).directRoles(user.id)
  const all = await describe(context, rows, true)
  const mappings = new Map<string, { id: string; client: string; mappings: RoleRepresentation[] }>()
  for (const [index, row] of rows.entries()) {
    const role = all[index]
    if (row.client_id === null || row.client === null || role === undefined) continue
    const known = mappings.get(row.client)
    if (known) known.mappings.push(role)
    else mappings.set(row.client, { id: row.client_id, client: row.client, mappings: [role] })
  }
  const realmMappings = all.filter((role) => !role.clientRole)
  return json({
    ...(realmMappings.length > 0 ? { realmMappings } : {}),
    ...(mappings.size > 0 ? { clientMappings: Object.fromEntries(mappings) } : {}),
  })
}

async function list(context: AdminContext, which: 'own' | 'effective' | 'available'): Promise<HttpResponse> {
  const { services, request } = context
  const user = await findUser(context)
  const container = await containerOf(context)
  const own = (await userRows(services.database).directRoles(user.id)).filter((row) => row.container_id === container)
  if (which === 'own') return json(await describe(context, own, true))
  const all = await roleRows(services.database).listOf(container, rolesMax, 0)
  if (which === 'available') {
    if (!context.permissions.has(...manage)) return json([])
    const held = new Set(own.map((row) => row.id))
    const free = all.filter((row) => !held.has(row.id))
    const barred = await beyondReach(context, free)
    return json(
      await describe(
        context,
        free.filter((row) => !barred.has(row.id)),
        true,
      ),
    )
  }
  const effective = new Set((await userRows(services.database).grantedRoles(user.id)).map((row) => row.id))
  const brief = flagParameter(readQuery(request), 'briefRepresentation') ?? true
  return json(
    await describe(
      context,
      all.filter((row) => effective.has(row.id)),
      brief,
    ),
  )
}

/** Roles of one container that a list reads at most. */
const rolesMax = 100_000

async function change(context: AdminContext, operation: 'CREATE' | 'DELETE'): Promise<HttpResponse> {
  const { services, realm, request } = context
  const user = await findUser(context)
  const container = await containerOf(context)
  const rows =
    operation === 'DELETE' && request.body.length === 0
      ? (await userRows(services.database).directRoles(user.id)).filter((row) => row.container_id === container)
      : await namedRoles(context, container)
  if ((await beyondReach(context, rows)).size > 0) throw forbidden()
  await services.database.transaction(async (tx) => {
    for (const row of rows) {
      if (operation === 'CREATE') await userRows(tx).addRole(user.id, row.id)
      else await userRows(tx).removeRole(user.id, row.id)
    }
    // A service account's roles are part of the realm's snapshot.
    if (user.service_account_client_id !== null) await realmRows(tx).bump(realm.id)
  })
  if (user.service_account_client_id !== null) await services.realms.changed(realm.id)
  const client = request.params['client']
  audit(context, {
    operation,
    resourceType: client === undefined ? 'REALM_ROLE_MAPPING' : 'CLIENT_ROLE_MAPPING',
    resourcePath: `users/${user.id}/role-mappings/${client === undefined ? 'realm' : `clients/${client}`}`,
  })
  return noContent()
}

/** The roles of the container that the body names: by name, and their ids must be right. */
async function namedRoles({ request, services }: AdminContext, container: string): Promise<RoleRow[]> {
  const rows: RoleRow[] = []
  for (const { id, name = '' } of readRepresentations(request, roleRepresentation)) {
    const row = await roleRows(services.database).find(container, name)
    if (row === undefined || id !== row.id) throw new AdminError(404, { error: 'Role not found' })
    rows.push(row)
  }
  return rows
}

/**
 * Ids of the roles that the caller may neither give nor take. Nobody can hand out rights that he does not have: an admin role, or a
 * composite that leads to one (the reference does not look into composites), is for those who have the admin roles in it themselves,
 * or a greater one.
 */
async function beyondReach(context: AdminContext, rows: readonly RoleRow[]): Promise<ReadonlySet<string>> {
  const { services, caller, realm } = context
  const barred = new Set<string>()
  if (caller.realm.name === masterRealm && (await realmPermissions(services.database, caller)).has('admin')) return barred
  const reached = await roleRows(services.database).reachableFrom(rows.map((row) => row.id))
  const rightsOver = rightsReader(context)
  for (const { from_id, name, client } of reached) {
    const target = administeredRealm(realm, client)
    if (target === undefined || !(client === null ? masterRights : adminRights).has(name)) continue
    if (!mayHandOut(name, await rightsOver(target, client))) barred.add(from_id)
  }
  return barred
}

/** Asks for the caller's rights over a realm, or for his realm roles in master, once each. */
function rightsReader({ services, caller, realm }: AdminContext) {
  const read = async (target: string, client: string | null): Promise<Permissions | undefined> => {
    if (client === null) return realmPermissions(services.database, caller)
    const administered = target === realm.name ? realm : await services.realms.find(target)
    return administered && permissionsOver(services.database, caller, administered)
  }
  const known = new Map<string, Promise<Permissions | undefined>>()
  return (target: string, client: string | null): Promise<Permissions | undefined> => {
    const key = client ?? ''
    const rights = known.get(key) ?? read(target, client)
    known.set(key, rights)
    return rights
  }
}

/** Queries tell nothing by themselves; who manages a thing may let others see it or make one (reference behaviour). */
function mayHandOut(name: string, rights: Permissions | undefined): boolean {
  if (rights === undefined) return false
  return name.startsWith('query-') || rights.has(name, ...(implied.get(name) ?? [name.replace(/^view-/, 'manage-')]))
}

const implied: ReadonlyMap<string, readonly string[]> = new Map([['create-client', ['manage-clients']]])

const adminRights: ReadonlySet<string> = new Set([...adminRoleNames, 'realm-admin'])

/** Realm roles of master that are rights; its others are ordinary roles. */
const masterRights: ReadonlySet<string> = new Set(['admin', 'create-realm'])

/** The realm that a role gives rights over; undefined when it gives none. */
function administeredRealm(realm: RealmSnapshot, client: string | null): string | undefined {
  if (realm.name !== masterRealm) return client === 'realm-management' ? realm.name : undefined
  if (client === null) return realm.name
  return client.endsWith('-realm') ? client.slice(0, -'-realm'.length) : undefined
}
