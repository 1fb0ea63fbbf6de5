import { completeClient, serviceAccountUser } from '../realm/defaults/clients.ts'
import { completeRole } from '../realm/defaults/role-set.ts'
import { completeGroups, completeUser } from '../realm/defaults/users.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { PartialImportResult } from '../representations/partial-import.ts'
import type { UserRepresentation } from '../representations/user.ts'
import { clientScopes as scopeRows } from '../storage/client-scopes.ts'
import { partialImportRows } from '../storage/partial-import.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { type Sql, UniqueViolation } from '../storage/sql.ts'
import { userImport } from '../storage/user-import.ts'
import { duplicateResource, ImportError } from './errors.ts'
import type { TransferParts } from './import-realm.ts'
import { algorithmsOfClient, missingKeys } from './missing-keys.ts'
import { type PartialPlan, type Planned, type PlannedRole, roleKey, withSlash } from './partial-plan.ts'
import { type PreparedUser, prepareUsers } from './prepare-users.ts'
import { roleNames } from './role-names.ts'
import { writeComponents } from './write-components.ts'
import { writeClient, writeComposites, writeGroup, writeIdentityProvider, writeIdentityProviderMapper, writeRole } from './write-realm.ts'
import { writeUsers } from './write-users.ts'
import { idOf, type Writing } from './writing.ts'

/** What became of one thing. */
export interface PartialOutcome {
  readonly action: NonNullable<PartialImportResult['action']>
  readonly type: NonNullable<PartialImportResult['resourceType']>
  readonly name: string
  /** Of a client role: its client's (reference behaviour). */
  readonly id: string
  /** What was given, with the id that it has now; its table is that of `type`. */
  readonly representation: object
}

/**
 * Brings the things of a plan into the realm: all of them or, when it throws an ImportError, none. What is overwritten is removed first,
 * with everything that hangs on it, and has a new id unless users, groups and mappers bring theirs.
 */
export async function importPartially(parts: TransferParts, realm: RealmSnapshot, plan: PartialPlan): Promise<PartialOutcome[]> {
  const wanted = <T>(list: readonly Planned<T>[]): Planned<T>[] =>
    plan.policy === 'SKIP' ? list.filter((one) => one.existingId === undefined) : [...list]
  const clients = await completeClients(parts, realm, wanted(plan.clients))
  const users = await preparePeople(parts, realm, plan, wanted(plan.users), clients)
  const algorithms = clients.flatMap(({ complete }) => algorithmsOfClient(complete))
  const keys = await missingKeys(realm, algorithms, parts)
  const outcomes = await parts.database
    .transaction(async (tx) => {
      const writing = openWriting(tx, parts, realm, plan)
      await writeComponents(tx, realm.id, keys)
      const done = [
        ...(await writeClients(writing, clients)),
        ...(await writeRoles(writing, realm, wanted(plan.roles))),
        ...(await writeProviders(writing, wanted(plan.identityProviders))),
        ...(await writeMappers(writing, wanted(plan.identityProviderMappers))),
        ...(await writeGroups(writing, wanted(plan.groups))),
        ...(await writePeople(writing, realm, users)),
      ]
      await realmRows(tx).bump(realm.id)
      return done
    })
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? duplicateResource() : error
    })
  await parts.realms.changed(realm.id)
  return [...outcomes, ...skipped(plan)]
}

function openWriting(tx: Sql, { random }: TransferParts, realm: RealmSnapshot, { known }: PartialPlan): Writing {
  const clientIds = new Map(known.clientIds)
  const roles = roleNames(tx, realm.id, clientIds, random)
  for (const { container, name, id } of known.roles) roles.add(container, name, id)
  const scopeIds = new Map(realm.clientScopes.map((scope) => [scope.name, scope.id]))
  return { tx, realmId: realm.id, random, clientIds, scopeIds, groupIds: new Map(known.groupIds), roles }
}

/** Roles of a client that exists are told with the client's id, and both ways when they were overwritten (reference behaviour). */
function outcome<T>({ type, name, existingId }: Planned<T>, id: string, representation: object): PartialOutcome[] {
  const overwritten: PartialOutcome[] = existingId === undefined ? [] : [{ action: 'OVERWRITTEN', type, name, id, representation }]
  const isRole = type === 'REALM_ROLE' || type === 'CLIENT_ROLE'
  return existingId !== undefined && !isRole ? overwritten : [...overwritten, { action: 'ADDED', type, name, id, representation }]
}

function skipped({ policy, known, ...plan }: PartialPlan): PartialOutcome[] {
  if (policy !== 'SKIP') return []
  const lists: readonly (readonly Planned<object>[])[] = [
    plan.clients,
    plan.roles,
    plan.identityProviders,
    plan.identityProviderMappers,
    plan.groups,
    plan.users,
  ]
  return lists.flat().flatMap(({ type, name, given, existingId }) => {
    if (existingId === undefined) return []
    const container = type === 'CLIENT_ROLE' ? (given as PlannedRole).container : undefined
    const id = container === undefined ? existingId : (known.clientIds.get(container) ?? existingId)
    return [{ action: 'SKIPPED' as const, type, name, id, representation: given }]
  })
}

const overwrittenIds = (list: readonly { readonly existingId: string | undefined }[]): string[] => [
  ...new Set(list.flatMap(({ existingId }) => existingId ?? [])),
]

interface PlannedClient extends Planned<ClientRepresentation> {
  readonly complete: ClientRepresentation
}

/** As clients of a realm file, but that their ids are made here and that they may be logged out to nowhere (reference behaviour). */
async function completeClients(
  { database, random, clock }: TransferParts,
  realm: RealmSnapshot,
  list: readonly Planned<ClientRepresentation>[],
): Promise<PlannedClient[]> {
  if (list.length === 0) return []
  const links = await scopeRows(database).realmDefaults(realm.id)
  const nameOf = new Map(realm.clientScopes.map((scope) => [scope.id, scope.name]))
  const named = (isDefault: number): string[] =>
    links.filter((link) => link.is_default === isDefault).flatMap((link) => nameOf.get(link.scope_id) ?? [])
  const context = {
    clientScopes: realm.clientScopes,
    defaultDefaultClientScopes: named(1),
    defaultOptionalClientScopes: named(0),
    serviceAccountsGiven: new Set(list.flatMap(({ given }) => given.clientId ?? [])),
  }
  return list.map((one) => {
    if (one.given.clientId === undefined) throw new ImportError(400, 'Client id is missing')
    const complete = completeClient({ ...one.given, id: random.uuid() }, context, { via: 'import', random, clock })
    const redirects = one.given.attributes?.['post.logout.redirect.uris']
    if (redirects === undefined && complete.attributes) delete complete.attributes['post.logout.redirect.uris']
    return { ...one, complete }
  })
}

async function writeClients(writing: Writing, list: readonly PlannedClient[]): Promise<PartialOutcome[]> {
  const { tx, realmId, clientIds, roles } = writing
  await partialImportRows(tx).removeClients(realmId, overwrittenIds(list))
  for (const { name, existingId } of list) {
    if (existingId === undefined) continue
    clientIds.delete(name)
    roles.removeAll(name)
  }
  const done: PartialOutcome[] = []
  for (const one of list) {
    const id = idOf(one.complete)
    await writeClient(writing, one.complete)
    for (const role of one.complete.authorizationServicesEnabled ? ['uma_protection'] : []) await roles.findOrCreate(one.name, role)
    done.push(...outcome(one, id, { ...one.given, id }))
  }
  return done
}

/** Roles have new ids; composites come after all of them. Another role of that name is the realm's default role from then on. */
async function writeRoles(writing: Writing, realm: RealmSnapshot, list: readonly Planned<PlannedRole>[]): Promise<PartialOutcome[]> {
  const { tx, realmId, clientIds, roles, random } = writing
  await partialImportRows(tx).removeRoles(realmId, overwrittenIds(list))
  for (const { given, existingId } of list) if (existingId !== undefined) roles.remove(given.container, given.role.name ?? '')
  const made = list.map((one) => {
    const { container, role } = one.given
    if (role.name === undefined) throw new ImportError(400, 'Role name is missing')
    const containerId = container === undefined ? realmId : clientIds.get(container)
    return {
      one,
      container,
      role: completeRole({ ...role, id: random.uuid() }, { clientRole: container !== undefined, containerId }, random),
    }
  })
  for (const { container, role } of made) await writeRole(writing, container, role)
  for (const { role } of made) await writeComposites(writing, role)
  const renewed = made.find(({ one }) => one.existingId !== undefined && one.existingId === realm.defaultRoleId)
  if (renewed) await realmRows(tx).setDefaultRole(realmId, idOf(renewed.role))
  return made.flatMap(({ one, container, role }) => {
    const id = idOf(role)
    return outcome(one, container === undefined ? id : (clientIds.get(container) ?? id), { ...one.given.role, id })
  })
}

async function writeProviders(writing: Writing, list: PartialPlan['identityProviders']): Promise<PartialOutcome[]> {
  const { tx, realmId, random } = writing
  await partialImportRows(tx).removeIdentityProviders(realmId, overwrittenIds(list))
  const done: PartialOutcome[] = []
  for (const one of list) {
    if (one.given.alias === undefined || one.given.providerId === undefined) throw new ImportError(400, 'Identity provider is incomplete')
    const provider = { ...one.given, internalId: random.uuid(), enabled: one.given.enabled ?? true, config: { ...one.given.config } }
    await writeIdentityProvider(writing, provider)
    done.push(...outcome(one, provider.internalId, provider))
  }
  return done
}

async function writeMappers(writing: Writing, list: PartialPlan['identityProviderMappers']): Promise<PartialOutcome[]> {
  const { tx, realmId, random } = writing
  await partialImportRows(tx).removeIdentityProviderMappers(realmId, overwrittenIds(list))
  const done: PartialOutcome[] = []
  for (const one of list) {
    const { name, identityProviderAlias, identityProviderMapper } = one.given
    if (name === undefined || identityProviderAlias === undefined || identityProviderMapper === undefined)
      throw new ImportError(400, 'Identity provider mapper is incomplete')
    const id = one.given.id ?? random.uuid()
    await writeIdentityProviderMapper(writing, { ...one.given, id, config: { ...one.given.config } })
    done.push(...outcome(one, id, one.given))
  }
  return done
}

/** Groups stand at the top: one whose path says otherwise cannot be made, though it can be found (reference behaviour). */
async function writeGroups(writing: Writing, list: PartialPlan['groups']): Promise<PartialOutcome[]> {
  const { tx, realmId, random, groupIds } = writing
  await partialImportRows(tx).removeGroups(realmId, overwrittenIds(list))
  const done: PartialOutcome[] = []
  for (const one of list) {
    const { name = '', path = '' } = one.given
    const unknown = new ImportError(400, `Unable to find group specified by path: ${path}`)
    if (name === '') throw unknown
    for (const known of groupIds.keys()) if (one.existingId !== undefined && known.startsWith(`/${name}/`)) groupIds.delete(known)
    const [group = {}] = completeGroups([one.given], random)
    await writeGroup(writing, group, '', '')
    // It is looked for once it is made: a name that is taken is told first.
    if (withSlash(path) !== `/${name}`) throw unknown
    done.push(...outcome(one, idOf(group), one.given))
  }
  return done
}

interface PlannedPeople {
  readonly list: readonly Planned<UserRepresentation>[]
  readonly prepared: readonly PreparedUser[]
  /** Of clients that come without one. */
  readonly serviceAccounts: readonly PreparedUser[]
}

async function preparePeople(
  parts: TransferParts,
  realm: RealmSnapshot,
  { known }: PartialPlan,
  list: readonly Planned<UserRepresentation>[],
  clients: readonly PlannedClient[],
): Promise<PlannedPeople> {
  const prepared = await prepareUsers(
    parts,
    list.map(({ given }) => completeUser(given, parts)),
  )
  const brought = new Set(list.map(({ given }) => given.serviceAccountClientId))
  const without = clients.filter(({ name, complete }) => complete.serviceAccountsEnabled && !brought.has(name))
  const defaultRole = known.roles.find((role) => role.id === realm.defaultRoleId)?.name ?? ''
  const serviceAccounts = await prepareUsers(
    parts,
    without.map(({ complete }) => serviceAccountUser(complete, defaultRole, parts)),
  )
  return { list, prepared, serviceAccounts }
}

async function writePeople(writing: Writing, realm: RealmSnapshot, people: PlannedPeople): Promise<PartialOutcome[]> {
  const { tx, realmId } = writing
  const { list, prepared, serviceAccounts } = people
  await partialImportRows(tx).removeUsers(realmId, overwrittenIds(list))
  await writeUsers(writing, [...serviceAccounts, ...prepared])
  if (!realm.settings.duplicateEmailsAllowed) await requireOwnEmails(tx, realmId, prepared)
  return list.flatMap((one, at) => {
    const id = prepared[at]?.id ?? ''
    return outcome(one, id, { ...one.given, id })
  })
}

async function requireOwnEmails(tx: Sql, realmId: string, users: readonly PreparedUser[]): Promise<void> {
  const emails = users.flatMap(({ user }) => user.email || [])
  const holders = await userImport(tx).byEmail(realmId, emails)
  if (new Set(holders.map((row) => row.email)).size < holders.length) throw duplicateResource()
}

/**
 * Ids of roles that the realm has and that the import would give to somebody, or build into a role: whoever may import must be allowed to
 * hand them out.
 */
export async function rolesHandedOut({ database }: TransferParts, plan: PartialPlan): Promise<string[]> {
  const named = new Set<string>()
  const joined = new Set<string>()
  const add = (realmRoles: readonly string[] = [], clientRoles: Readonly<Record<string, readonly string[]>> = {}): void => {
    for (const name of realmRoles) named.add(roleKey(undefined, name.trim()))
    for (const [container, names] of Object.entries(clientRoles)) for (const name of names) named.add(roleKey(container, name.trim()))
  }
  const addGroup = (group: PartialPlan['groups'][number]['given']): void => {
    add(group.realmRoles, group.clientRoles)
    for (const child of group.subGroups ?? []) addGroup(child)
  }
  for (const { given } of plan.users) {
    add(given.realmRoles, given.clientRoles)
    add([], given.applicationRoles)
    for (const path of given.groups ?? []) joined.add(withSlash(path))
  }
  for (const { given } of plan.groups) addGroup(given)
  for (const { role } of plan.roles.map((one) => one.given)) {
    add(role.composites?.realm, role.composites?.client)
    add([], role.composites?.application)
  }
  const ids = plan.known.roles.filter((role) => named.has(roleKey(role.container, role.name))).map((role) => role.id)
  if (joined.size === 0) return ids
  // Who is in a group has the roles of those above it too.
  const groupIds = [...plan.known.groupIds].filter(([path]) => [...joined].some((below) => below === path || below.startsWith(`${path}/`)))
  const held = await partialImportRows(database).groupRoles(groupIds.map(([, id]) => id))
  return [...ids, ...held.map((row) => row.role_id)]
}
