import { applyAuthorization, withoutAuthorizationSettings } from '../authorization/client-settings.ts'
import type { Random } from '../crypto/random.ts'
import { completeIdentityProvider } from '../realm/defaults/identity-providers.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { GroupRepresentation } from '../representations/group.ts'
import type { IdentityProviderMapperRepresentation, IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { RoleRepresentation } from '../representations/role.ts'
import type { ScopeMappingRepresentation } from '../representations/scope-mapping.ts'
import { authentication } from '../storage/authentication.ts'
import { clientScopes as scopeRows } from '../storage/client-scopes.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { identityProviders } from '../storage/identity-providers.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { duplicateResource, ImportError } from './errors.ts'
import type { PreparedUser } from './prepare-users.ts'
import { settingsDoc } from './realm-doc.ts'
import { roleNames } from './role-names.ts'
import { writeComponents } from './write-components.ts'
import { writeOrganizations } from './write-organizations.ts'
import { writeUsers } from './write-users.ts'
import { findGroup, idOf, type Writing } from './writing.ts'

/** A realm that is complete: defaults filled in, ids made, keys generated, passwords hashed. */
export interface PreparedRealm {
  readonly realm: RealmRepresentation & { readonly id: string; readonly realm: string }
  readonly users: readonly PreparedUser[]
}

/**
 * Writes a new realm but for what names users; within a transaction all of it or nothing. Returns what more users of it are written with. Throws ImportError
 * for names that do not fit together.
 */
export async function writeRealm(tx: Sql, { realm, users }: PreparedRealm, random: Random): Promise<Writing> {
  const clientIds = new Map<string, string>()
  const writing: Writing = {
    tx,
    realmId: realm.id,
    random,
    clientIds,
    scopeIds: new Map(),
    groupIds: new Map(),
    roles: roleNames(tx, realm.id, clientIds, random),
  }
  await realmRows(tx).insert({ id: realm.id, name: realm.realm, enabled: realm.enabled ?? false, doc: settingsDoc(realm) })
  await writeComponents(tx, realm.id, realm.components ?? {})
  await writeScopes(writing, realm)
  for (const client of realm.clients ?? []) await writeClient(writing, client)
  await writeRoles(writing, realm)
  await writeScopeMappings(writing, realm)
  for (const group of realm.groups ?? []) await writeGroup(writing, group, '', '')
  for (const path of realm.defaultGroups ?? []) {
    // A path without a group is passed over, as in the reference.
    const id = findGroup(writing, path)
    if (id !== undefined) await groupRows(tx).addRealmDefault(realm.id, id)
  }
  await writeAuthentication(writing, realm)
  await writeIdentityProviders(writing, realm)
  await writeUsers(writing, users)
  return writing
}

/** What names users: organizations their members, policies of authorization services whom they let in. Written when all users are there. */
export async function writeWhatNamesUsers(writing: Writing, realm: PreparedRealm['realm']): Promise<void> {
  await writeOrganizations(writing, realm)
  for (const client of realm.clients ?? []) await applyAuthorization(writing.tx, realm.id, { ...client, id: idOf(client) }, writing.random)
}

async function writeScopes({ tx, realmId, scopeIds }: Writing, realm: RealmRepresentation): Promise<void> {
  for (const { id: _id, name = '', ...scope } of realm.clientScopes ?? []) {
    const id = idOf({ ...(_id === undefined ? {} : { id: _id }) })
    await scopeRows(tx).insert(realmId, { id, name, doc: JSON.stringify(scope) })
    scopeIds.set(name, id)
  }
  const lists = [realm.defaultDefaultClientScopes ?? [], realm.defaultOptionalClientScopes ?? []]
  for (const [index, names] of lists.entries()) {
    for (const [position, name] of names.entries()) {
      const scopeId = scopeIds.get(name)
      if (scopeId !== undefined) await scopeRows(tx).setRealmDefault(realmId, scopeId, index === 0, position)
    }
  }
}

/** A client with its scopes. */
export async function writeClient(writing: Writing, client: ClientRepresentation): Promise<void> {
  const { tx, realmId, clientIds, scopeIds } = writing
  const { id: _id, clientId = '', defaultClientScopes = [], optionalClientScopes = [], ...rest } = client
  const id = idOf(client)
  if (clientIds.has(clientId)) throw duplicateResource()
  await clientRows(tx).insert(realmId, { id, clientId, doc: JSON.stringify(withoutAuthorizationSettings(rest)) })
  clientIds.set(clientId, id)
  const linked = new Set<string>()
  for (const [isDefault, names] of [
    [true, defaultClientScopes],
    [false, optionalClientScopes],
  ] as const) {
    for (const name of names) {
      const scopeId = scopeIds.get(name)
      // A scope that the realm does not have is left out, as in the reference; one in both lists is a default one.
      if (scopeId === undefined || linked.has(scopeId)) continue
      await clientRows(tx).linkScope(id, scopeId, isDefault, linked.size)
      linked.add(scopeId)
    }
  }
}

/** Roles first, composites after: a composite may name any role of the realm. */
async function writeRoles(writing: Writing, realm: RealmRepresentation): Promise<void> {
  const { tx, realmId, roles } = writing
  const all: { container: string | undefined; role: RoleRepresentation }[] = [
    ...(realm.roles?.realm ?? []).map((role) => ({ container: undefined, role })),
    ...Object.entries(realm.roles?.client ?? {}).flatMap(([container, list]) => list.map((role) => ({ container, role }))),
  ]
  for (const { container, role } of all) await writeRole(writing, container, role)
  for (const { role } of all) await writeComposites(writing, role)
  const defaultRole = realm.defaultRole?.name
  if (defaultRole !== undefined) await realmRows(tx).setDefaultRole(realmId, roles.get(undefined, defaultRole))
}

/** A role without its composites. Container: the clientId of a client role's client. */
export async function writeRole({ tx, realmId, clientIds, roles }: Writing, container: string | undefined, role: RoleRepresentation) {
  const { id: _id, name = '', composite, composites, clientRole, containerId, ...rest } = role
  const clientId = container === undefined ? null : clientIds.get(container)
  if (clientId === undefined) throw new ImportError(400, `App doesn't exist in role definitions: ${container ?? ''}`)
  if (roles.find(container, name) !== undefined) throw duplicateResource()
  await roleRows(tx).insert(realmId, { id: idOf(role), clientId, name, doc: JSON.stringify(rest) })
  roles.add(container, name, idOf(role))
}

export async function writeComposites({ tx, roles }: Writing, role: RoleRepresentation): Promise<void> {
  for (const name of role.composites?.realm ?? []) await roleRows(tx).addComposite(idOf(role), roles.get(undefined, name))
  for (const [clientId, names] of Object.entries(role.composites?.client ?? role.composites?.application ?? {})) {
    for (const name of names) await roleRows(tx).addComposite(idOf(role), roles.get(clientId, name))
  }
}

async function writeScopeMappings(writing: Writing, realm: RealmRepresentation): Promise<void> {
  for (const mapping of realm.scopeMappings ?? []) await writeScopeMapping(writing, mapping, undefined)
  for (const [clientId, mappings] of Object.entries(realm.clientScopeMappings ?? {})) {
    for (const mapping of mappings) await writeScopeMapping(writing, mapping, clientId)
  }
}

async function writeScopeMapping(writing: Writing, mapping: ScopeMappingRepresentation, container: string | undefined): Promise<void> {
  const { tx, clientIds, scopeIds, roles } = writing
  const clientId = mapping.client === undefined ? undefined : clientIds.get(mapping.client)
  const scopeId = mapping.clientScope === undefined ? undefined : scopeIds.get(mapping.clientScope)
  if (mapping.client !== undefined && clientId === undefined)
    throw new ImportError(400, `Unknown client specification in scope mappings: ${mapping.client}`)
  if (mapping.clientScope !== undefined && scopeId === undefined)
    throw new ImportError(400, `Unknown clientScope specification in scope mappings: ${mapping.clientScope}`)
  for (const name of mapping.roles ?? []) {
    const roleId = await roles.findOrCreate(container, name)
    if (clientId !== undefined) await clientRows(tx).mapScope(clientId, roleId)
    if (scopeId !== undefined) await scopeRows(tx).mapRole(scopeId, roleId)
  }
}

/** A group with its roles and everything below it. */
export async function writeGroup(writing: Writing, group: GroupRepresentation, parentId: string, parentPath: string): Promise<void> {
  const { tx, realmId, groupIds, roles } = writing
  const { id: _id, name = '', path: _path, parentId: _parentId, subGroups, subGroupCount, realmRoles, clientRoles, access, ...rest } = group
  const id = idOf(group)
  await groupRows(tx).insert(realmId, { id, parentId, name, doc: JSON.stringify(rest) })
  const path = `${parentPath}/${name}`
  groupIds.set(path, id)
  for (const role of realmRoles ?? []) await groupRows(tx).addRole(id, await roles.findOrCreate(undefined, role))
  for (const [clientId, names] of Object.entries(clientRoles ?? {})) {
    for (const role of names) await groupRows(tx).addRole(id, await roles.findOrCreate(clientId, role))
  }
  for (const child of subGroups ?? []) await writeGroup(writing, child, id, path)
}

async function writeAuthentication({ tx, realmId, random }: Writing, realm: RealmRepresentation): Promise<void> {
  const configIds = new Map((realm.authenticatorConfig ?? []).map((config) => [config.alias, idOf(config)]))
  for (const flow of realm.authenticationFlows ?? []) {
    const executions = (flow.authenticationExecutions ?? []).map((execution) => {
      const configId = execution.authenticatorConfig === undefined ? undefined : configIds.get(execution.authenticatorConfig)
      return { id: random.uuid(), ...execution, ...(configId === undefined ? {} : { configId }) }
    })
    const doc = JSON.stringify({ ...flow, authenticationExecutions: executions })
    await authentication(tx).insertFlow(realmId, { id: idOf(flow), alias: flow.alias ?? '', doc })
  }
  for (const config of realm.authenticatorConfig ?? [])
    await authentication(tx).insertConfig(realmId, { id: idOf(config), alias: config.alias ?? null, doc: JSON.stringify(config) })
  for (const action of realm.requiredActions ?? [])
    await authentication(tx).insertRequiredAction(realmId, {
      alias: action.alias ?? '',
      priority: action.priority ?? 0,
      doc: JSON.stringify(action),
    })
}

async function writeIdentityProviders(writing: Writing, realm: RealmRepresentation): Promise<void> {
  for (const provider of realm.identityProviders ?? []) await writeIdentityProvider(writing, provider)
  for (const mapper of realm.identityProviderMappers ?? []) await writeIdentityProviderMapper(writing, mapper)
}

export async function writeIdentityProvider({ tx, realmId }: Writing, provider: IdentityProviderRepresentation): Promise<void> {
  const id = idOf(provider.internalId === undefined ? {} : { id: provider.internalId })
  await identityProviders(tx).insert(realmId, id, completeIdentityProvider(provider))
}

export async function writeIdentityProviderMapper({ tx, realmId }: Writing, mapper: IdentityProviderMapperRepresentation): Promise<void> {
  await identityProviders(tx).insertMapper(realmId, idOf(mapper), mapper)
}
