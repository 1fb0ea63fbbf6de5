import { adminRoleNames } from '../../realm/defaults/roles.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { inheritedRoles, rolesOfUser } from '../../storage/role-mappings.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import type { AdminContext } from '../admin-route.ts'
import { forbidden, type Permissions, permissionsOver, realmPermissions } from '../permissions.ts'

/** What is asked of a request to know what its caller may hand out. */
type RightsContext = Pick<AdminContext, 'services' | 'caller' | 'realm'>

/**
 * Ids of the roles that the caller may neither give nor take. Nobody can hand out rights that he does not have: an admin role, or a
 * composite that leads to one (the reference does not look into composites), is for those who have the admin roles in it themselves,
 * or a greater one.
 */
export async function beyondReach(context: RightsContext, roleIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { services, realm } = context
  const barred = new Set<string>()
  if (roleIds.length === 0 || (await runsEverything(context))) return barred
  const reached = await roleRows(services.database).reachableFrom(roleIds)
  const rightsOver = rightsReader(context)
  for (const { from_id, name, client } of reached) {
    const target = administeredRealm(realm, client)
    if (target === undefined || !(client === null ? masterRights : adminRights).has(name)) continue
    if (!mayHandOut(name, await rightsOver(target, client))) barred.add(from_id)
  }
  return barred
}

/** Throws 403 when one of the roles is beyond the caller's reach. */
export async function requireReach(context: RightsContext, roleIds: readonly string[]): Promise<void> {
  if ((await beyondReach(context, roleIds)).size > 0) throw forbidden()
}

/**
 * Throws 403 unless the caller may hand out all that members of the group get from it and from those above. The reference lets
 * everybody who manages users put somebody, himself too, into a group that makes an administrator of him.
 */
export async function requireGroupWithinReach(context: RightsContext, groupId: string): Promise<void> {
  const roles = await inheritedRoles(context.services.database, groupId)
  await requireReach(
    context,
    roles.map(({ id }) => id),
  )
}

/**
 * Throws 403 unless the caller may hand out all that the user has: whoever sets the password of a greater administrator, or in another way gets
 * to log in as him, has his rights. The reference lets everybody who manages users do it. Oneself is always within reach.
 */
export async function requireUserWithinReach(context: RightsContext, userId: string): Promise<void> {
  if (userId === context.caller.userId) return
  const roles = await rolesOfUser(context.services.database, userId)
  await requireReach(
    context,
    roles.map(({ id }) => id),
  )
}

/**
 * Throws 403 for roles that stand for rights and cannot be changed: those of the clients that stand for the administration (reference
 * behaviour), and the rights among master's own roles, which only its administrators may touch.
 */
export async function requireChangeable(
  context: RightsContext,
  role: { readonly name: string; readonly client: string | null },
): Promise<void> {
  const { realm } = context
  if (role.client !== null) {
    if (isAdministrationClient(realm, role.client)) throw forbidden()
  } else if (realm.name === masterRealm && masterRights.has(role.name) && !(await runsEverything(context))) throw forbidden()
}

/** The clients whose roles are the rights over realms. */
export const isAdministrationClient = (realm: Pick<RealmSnapshot, 'name'>, clientId: string): boolean =>
  clientId === 'realm-management' || (realm.name === masterRealm && clientId.endsWith('-realm'))

async function runsEverything({ services, caller }: RightsContext): Promise<boolean> {
  return caller.realm.name === masterRealm && (await realmPermissions(services.database, caller)).has('admin')
}

/** Asks for the caller's rights over a realm, or for his realm roles in master, once each. */
function rightsReader({ services, caller, realm }: RightsContext) {
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
