import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { addComposites, builtInDescription, type RoleSet, roleSet } from './role-set.ts'

/** The 21 things an administrator may do, in the client `realm-management` of a realm and `<realm>-realm` of master. */
export const adminRoleNames = Object.freeze([
  'create-client',
  'view-realm',
  'view-users',
  'view-clients',
  'view-events',
  'view-identity-providers',
  'view-authorization',
  'view-organizations',
  'manage-realm',
  'manage-users',
  'manage-clients',
  'manage-events',
  'manage-identity-providers',
  'manage-authorization',
  'manage-organizations',
  'query-users',
  'query-clients',
  'query-realms',
  'query-groups',
  'query-organizations',
  'impersonation',
])

type CompositeTable = Readonly<Record<string, readonly string[]>>

const adminComposites: CompositeTable = Object.freeze({
  'view-users': ['query-users', 'query-groups'],
  'view-clients': ['query-clients'],
  'view-organizations': ['query-organizations'],
})

const accountRoleNames = Object.freeze([
  'view-profile',
  'manage-account',
  'manage-account-links',
  'view-applications',
  'view-consent',
  'manage-consent',
  'view-groups',
])

const accountComposites: CompositeTable = Object.freeze({
  'manage-account': ['manage-account-links'],
  'manage-consent': ['view-consent'],
})

export interface RoleContext {
  readonly realmId: string
  readonly realmName: string
  readonly kind: 'create' | 'import' | 'master'
  readonly random: Random
  /** The realm's clients, built-in ones among them. */
  readonly clients: readonly ClientRepresentation[]
  /** See CompletedScopes. */
  readonly offlineScopeAdded: boolean
}

export interface CompletedRoles {
  readonly roles: { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> }
  readonly defaultRole: RoleRepresentation
}

/**
 * The roles of a realm: those given and those the reference adds, composites by name. The order of the steps is the reference's: what
 * is there before the given roles keeps its description, what comes after leaves given roles alone.
 *
 * A client role given beside a built-in client that is not given stands twice in the result: the reference refuses such a file, 409.
 */
export function completeRoles(given: RealmRepresentation, context: RoleContext): CompletedRoles {
  const set = roleSet(context.realmId, context.clients, context.random)
  const master = context.kind === 'master'
  const adminClient = master ? 'master-realm' : 'realm-management'
  const ownRealmRoles = given.roles?.realm ?? []
  const brings = (clientId: string) => given.clients?.some((client) => client.clientId === clientId) ?? false

  const { composites: _, ...ownDefault } = given.defaultRole ?? { description: builtInDescription('default-roles') }
  const defaultRole = set.realmRole({ ...ownDefault, name: ownDefault.name ?? defaultRoleName(context.realmName, ownRealmRoles) })
  if (!brings(adminClient)) addAdminRoles(set, adminClient, master)
  if (!brings('account')) addAccountRoles(set, defaultRole)
  if (!brings('broker')) set.clientRole('broker', 'read-token', builtInDescription('read-token'))
  if (context.offlineScopeAdded || !named(ownRealmRoles, 'offline_access')) addDefault(set, defaultRole, 'offline_access')

  for (const role of ownRealmRoles) addComposites(set.realmRole(role), role.composites)
  // `application` is the older name of `client`, read where that is not given.
  const ownClientRoles = given.roles?.client ?? given.roles?.application ?? {}
  for (const [clientId, roles] of Object.entries(ownClientRoles)) set.bring(clientId, roles)

  if (!named(ownRealmRoles, 'uma_authorization')) addDefault(set, defaultRole, 'uma_authorization')
  if (brings(adminClient)) addAdminRoles(set, adminClient, master)
  set.clientRole('account', 'delete-account', builtInDescription('delete-account'))
  addOldDefaults(set, defaultRole, given)
  for (const { clientId = '', authorizationServicesEnabled } of given.clients ?? []) {
    if (authorizationServicesEnabled) set.clientRole(clientId, 'uma_protection')
  }
  return { roles: { realm: set.realm, client: set.client }, defaultRole: withoutComposites(defaultRole) }
}

/** The roles of a client that stands for a realm in master. */
export function adminRolesOf(client: ClientRepresentation, random: Random): RoleRepresentation[] {
  const clientId = client.clientId ?? ''
  const set = roleSet('', [client], random)
  for (const name of adminRoleNames) set.clientRole(clientId, name, builtInDescription(name))
  composeClientRoles(set, clientId, adminComposites)
  return set.client[clientId] ?? []
}

function addAdminRoles(set: RoleSet, adminClient: string, master: boolean): void {
  const admin = master
    ? set.realmRole({ name: 'admin', description: builtInDescription('admin') })
    : set.clientRole(adminClient, 'realm-admin', builtInDescription('realm-admin')).role
  if (master) {
    set.realmRole({ name: 'create-realm', description: builtInDescription('create-realm') })
    addComposites(admin, { realm: ['create-realm'] })
  }
  // A role that was brought is not put into the administrator's composites: the file says what is in them.
  const made = adminRoleNames.filter((name) => set.clientRole(adminClient, name, builtInDescription(name)).made)
  addComposites(admin, { client: { [adminClient]: made } })
  composeClientRoles(set, adminClient, adminComposites)
}

function addAccountRoles(set: RoleSet, defaultRole: RoleRepresentation): void {
  for (const name of accountRoleNames) set.clientRole('account', name, builtInDescription(name))
  composeClientRoles(set, 'account', accountComposites)
  addComposites(defaultRole, { client: { account: ['view-profile', 'manage-account'] } })
}

function addDefault(set: RoleSet, defaultRole: RoleRepresentation, name: string): void {
  set.realmRole({ name, description: builtInDescription(name) })
  addComposites(defaultRole, { realm: [name] })
}

/** Before version 13 a realm and its clients listed default roles, of which there is one now. */
function addOldDefaults(set: RoleSet, defaultRole: RoleRepresentation, given: RealmRepresentation): void {
  for (const name of given.defaultRoles ?? []) {
    set.realmRole({ name })
    addComposites(defaultRole, { realm: [name] })
  }
  for (const { clientId = '', defaultRoles } of given.clients ?? []) {
    for (const name of defaultRoles ?? []) set.clientRole(clientId, name)
    if (defaultRoles) addComposites(defaultRole, { client: { [clientId]: defaultRoles } })
  }
}

function composeClientRoles(set: RoleSet, clientId: string, table: CompositeTable): void {
  for (const role of set.client[clientId] ?? []) {
    const children = table[role.name ?? '']
    if (children) addComposites(role, { client: { [clientId]: [...children] } })
  }
}

/** The reference takes another name where the file brings a role of this one without calling it the default role. */
function defaultRoleName(realmName: string, given: readonly RoleRepresentation[]): string {
  const wanted = `default-roles-${realmName.toLowerCase()}`
  let name = wanted
  for (let i = 1; named(given, name); i++) name = `${wanted}-${i}`
  return name
}

const named = (roles: readonly RoleRepresentation[], name: string): boolean => roles.some((role) => role.name === name)

/** The member `defaultRole` of a realm names the role and leaves out what is in it. */
function withoutComposites(role: RoleRepresentation): RoleRepresentation {
  const { composites: _, attributes: __, ...rest } = role
  return rest
}
