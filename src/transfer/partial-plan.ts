import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { GroupRepresentation } from '../representations/group.ts'
import type { IdentityProviderMapperRepresentation, IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import type { PartialImportRepresentation, PartialImportResult } from '../representations/partial-import.ts'
import type { RoleRepresentation } from '../representations/role.ts'
import type { UserRepresentation } from '../representations/user.ts'
import { type NamedGroupRow, partialImportRows } from '../storage/partial-import.ts'
import type { Sql } from '../storage/sql.ts'
import { userImport } from '../storage/user-import.ts'
import { ImportError } from './errors.ts'

export type ResourceType = NonNullable<PartialImportResult['resourceType']>

/** One thing of a partial import, and the id of what the realm has in its place. */
export interface Planned<T> {
  readonly type: ResourceType
  /** As the results name it. */
  readonly name: string
  readonly given: T
  readonly existingId: string | undefined
}

/** Roles with the clientId of their client. */
export interface PlannedRole {
  readonly container: string | undefined
  readonly role: RoleRepresentation
}

export interface PartialPlan {
  readonly policy: 'SKIP' | 'OVERWRITE' | 'FAIL'
  readonly clients: readonly Planned<ClientRepresentation>[]
  readonly roles: readonly Planned<PlannedRole>[]
  readonly identityProviders: readonly Planned<IdentityProviderRepresentation>[]
  readonly identityProviderMappers: readonly Planned<IdentityProviderMapperRepresentation>[]
  readonly groups: readonly Planned<GroupRepresentation>[]
  readonly users: readonly Planned<UserRepresentation>[]
  readonly known: KnownNames
}

/** What a realm has, by name. */
export interface KnownNames {
  readonly clientIds: ReadonlyMap<string, string>
  readonly groupIds: ReadonlyMap<string, string>
  readonly roles: readonly { readonly id: string; readonly container: string | undefined; readonly name: string }[]
}

/** The clients by which every realm serves itself cannot be brought by anybody, and are passed over (reference behaviour). */
const ownClients: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
])

const isOwn = (clientId: string): boolean => ownClients.has(clientId) || clientId.endsWith('-realm')

export const withSlash = (path: string): string => (path.startsWith('/') ? path : `/${path}`)

/**
 * Compares a partial import with what the realm has; a fixed number of statements. Throws ImportError with the reference's words for the
 * first thing that exists when the policy is FAIL, and for roles of a client that is nowhere.
 */
export async function planPartialImport(sql: Sql, realm: RealmSnapshot, given: PartialImportRepresentation): Promise<PartialPlan> {
  const policy = given.policy ?? 'FAIL'
  const known = await readNames(sql, realm)
  const clients = (given.clients ?? [])
    .filter(({ clientId = '' }) => !isOwn(clientId))
    .map((client) => planned('CLIENT', client.clientId ?? '', client, known.clientIds.get(client.clientId ?? '')))
  refuse(policy, clients, (name) => `Client id '${name}' already exists`)
  const roles = planRoles(given, clients, known)
  refuse(policy, roles, (_name, { container, role: { name } }) =>
    container === undefined ? `Realm role '${name}' already exists.` : `Client role '${name}' for client '${container}' already exists.`,
  )
  const identityProviders = await planProviders(sql, realm, given)
  refuse(policy, identityProviders, (name) => `Identity Provider '${name}' already exists.`)
  const identityProviderMappers = await planMappers(sql, realm, given)
  refuse(policy, identityProviderMappers, (name) => `Identity Provider Mapper'${name}' already exists.`)
  const groups = (given.groups ?? []).map((group) =>
    planned('GROUP', group.name ?? '', group, group.path === undefined ? undefined : known.groupIds.get(withSlash(group.path))),
  )
  refuse(policy, groups, (_name, { path }) => `Group '${path}' already exists`)
  const users = await planUsers(sql, realm, given)
  refuse(policy, users, (name) => `User with user name ${name} already exists.`)
  return { policy, clients, roles, identityProviders, identityProviderMappers, groups, users, known }
}

const planned = <T>(type: ResourceType, name: string, given: T, existingId: string | undefined): Planned<T> => ({
  type,
  name,
  given,
  existingId,
})

function refuse<T>(policy: PartialPlan['policy'], list: readonly Planned<T>[], words: (name: string, given: T) => string): void {
  const existing = policy === 'FAIL' ? list.find((one) => one.existingId !== undefined) : undefined
  if (existing) throw new ImportError(409, words(existing.name, existing.given))
}

async function readNames(sql: Sql, { id }: RealmSnapshot): Promise<KnownNames> {
  const rows = partialImportRows(sql)
  const clients = await rows.clients(id)
  const clientIdOf = new Map(clients.map((client) => [client.id, client.client_id]))
  const roles = (await rows.roles(id)).map((role) => ({
    id: role.id,
    name: role.name,
    container: role.client_id === null ? undefined : clientIdOf.get(role.client_id),
  }))
  return { clientIds: new Map(clients.map((client) => [client.client_id, client.id])), groupIds: pathsOf(await rows.groups(id)), roles }
}

function pathsOf(rows: readonly NamedGroupRow[]): Map<string, string> {
  const children = Map.groupBy(rows, (group) => group.parent_id)
  const ids = new Map<string, string>()
  const descend = (parentId: string, parentPath: string): void => {
    for (const group of children.get(parentId) ?? []) {
      ids.set(`${parentPath}/${group.name}`, group.id)
      descend(group.id, `${parentPath}/${group.name}`)
    }
  }
  descend('', '')
  return ids
}

function planRoles(
  { roles: given }: PartialImportRepresentation,
  clients: readonly Planned<ClientRepresentation>[],
  known: KnownNames,
): Planned<PlannedRole>[] {
  const ids = new Map(known.roles.map((role) => [roleKey(role.container, role.name), role.id]))
  const brought = new Set(clients.map(({ given: client }) => client.clientId))
  const realm = (given?.realm ?? []).map((role) =>
    planned<PlannedRole>('REALM_ROLE', role.name ?? '', { container: undefined, role }, ids.get(roleKey(undefined, role.name ?? ''))),
  )
  const ofClients = Object.entries(given?.client ?? {}).flatMap(([container, list]) => {
    if (!brought.has(container) && !known.clientIds.has(container))
      throw new ImportError(412, `Can not import client roles for nonexistent client named ${container}`)
    return list.map((role) => {
      const name = role.name ?? ''
      return planned<PlannedRole>('CLIENT_ROLE', `${container}-->${name}`, { container, role }, ids.get(roleKey(container, name)))
    })
  })
  return [...realm, ...ofClients]
}

export const roleKey = (container: string | undefined, name: string): string => `${container ?? ''}\n${name}`

async function planProviders(sql: Sql, { id }: RealmSnapshot, { identityProviders: given = [] }: PartialImportRepresentation) {
  if (given.length === 0) return []
  const ids = new Map((await partialImportRows(sql).identityProviders(id)).map((row) => [row.alias, row.id]))
  return given.map((provider) => planned('IDP', provider.alias ?? '', provider, ids.get(provider.alias ?? '')))
}

async function planMappers(sql: Sql, { id }: RealmSnapshot, { identityProviderMappers: given = [] }: PartialImportRepresentation) {
  if (given.length === 0) return []
  const key = (alias: string | null | undefined, name: string | undefined): string => `${alias ?? ''}\n${name ?? ''}`
  const ids = new Map((await partialImportRows(sql).identityProviderMappers(id)).map((row) => [key(row.alias, row.name), row.id]))
  return given.map((mapper) => planned('IDP_MAPPER', mapper.name ?? '', mapper, ids.get(key(mapper.identityProviderAlias, mapper.name))))
}

/** A user exists when one has his name, or his e-mail address where that belongs to one user alone. */
async function planUsers(sql: Sql, { id, settings }: RealmSnapshot, { users: given = [] }: PartialImportRepresentation) {
  if (given.length === 0) return []
  const names = given.flatMap((user) => user.username?.toLowerCase() ?? [])
  const emails = settings.duplicateEmailsAllowed ? [] : given.flatMap((user) => user.email?.toLowerCase() || [])
  const byName = new Map((await userImport(sql).byUsername(id, names)).map((row) => [row.username, row.id]))
  const byEmail = new Map((await userImport(sql).byEmail(id, emails)).map((row) => [row.email ?? '', row.id]))
  return given.map((user) => {
    const existing = byName.get(user.username?.toLowerCase() ?? '') ?? byEmail.get(user.email?.toLowerCase() ?? '')
    return planned('USER', user.username ?? '', user, existing)
  })
}
