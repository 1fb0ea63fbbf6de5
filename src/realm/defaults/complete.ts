// The defaults of a new realm: what the reference server has in its database after it was given a realm's JSON, as data. One file per
// resource; tables of facts, and pure functions that complete a representation from them. No SQL, no key material, no judging of
// what is given (URIs, names that do not exist): those who write a realm do that. May call representations, crypto and the clock.
import type { Clock } from '../../clock.ts'
import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import type { ScopeMappingRepresentation } from '../../representations/scope-mapping.ts'
import { builtInClient, builtInClients, masterRealmClient, withLocale } from './built-in-clients.ts'
import { type CompletedScopes, completeClientScopes } from './client-scopes.ts'
import { type ClientContext, completeClient } from './clients.ts'
import { completeComponents } from './components.ts'
import { completeFlows } from './flows.ts'
import { completeRequiredActions } from './required-actions.ts'
import { adminRoleNames, adminRolesOf, completeRoles } from './roles.ts'
import { completeSettings } from './settings.ts'
import { completeGroups, completeUsers, defaultGroupPaths } from './users.ts'
import { bringToPresent } from './versions.ts'

export interface CompletionOptions {
  readonly realmName: string
  /** `create` (POST /admin/realms) and `import` (files) are one and the same in the reference; `master` is its first start. */
  readonly kind: 'create' | 'import' | 'master'
  readonly random: Random
  readonly clock: Clock
}

/**
 * The realm that the reference would have after `POST /admin/realms` with `given`: settings, roles, clients, client scopes, flows,
 * required actions, components, groups, users with those of service accounts. Ids that are given are kept, missing ones made. What the
 * reference has no default for comes back untouched. Section by section: a section that is given is not filled up with built-in
 * entries, except as told at the function that completes it.
 *
 * Secrets are generated for clients; key providers come without key material, passwords as they were given.
 */
export function completeRealm(given: RealmRepresentation, options: CompletionOptions): RealmRepresentation {
  const { realmName, kind, random, clock } = options
  const id = given.id ?? random.uuid()
  const scopes = completeClientScopes(given, random)
  // One list for roles and clients, so that a client without a clientId has the id it is made with.
  const own = { ...given, ...(given.clients ? { clients: given.clients.map((client) => withIds(client, random)) } : {}) }
  const clients = completeClients(own, scopes, options)
  const { offlineScopeAdded } = scopes
  const { roles, defaultRole } = completeRoles(own, { realmId: id, realmName, kind, random, clients, offlineScopeAdded })
  const realm: RealmRepresentation = {
    ...completeSettings(given, kind),
    id,
    realm: realmName,
    roles,
    groups: completeGroups(given.groups, random),
    defaultRole,
    ...completeScopeMappings(own, scopes),
    clients,
    clientScopes: scopes.clientScopes,
    defaultDefaultClientScopes: scopes.defaultDefaultClientScopes,
    defaultOptionalClientScopes: scopes.defaultOptionalClientScopes,
    identityProviders: (given.identityProviders ?? []).map((provider) => ({
      ...provider,
      internalId: provider.internalId ?? random.uuid(),
      enabled: provider.enabled ?? true,
      config: { ...provider.config },
    })),
    identityProviderMappers: (given.identityProviderMappers ?? []).map((mapper) => ({
      ...mapper,
      id: mapper.id ?? random.uuid(),
      config: { ...mapper.config },
    })),
    components: completeComponents(given, kind, random),
    ...completeFlows(given, random, kind !== 'master'),
    requiredActions: completeRequiredActions(given.requiredActions),
  }
  const defaultGroups = defaultGroupPaths(realm.groups ?? [], given.defaultGroups)
  const users = completeUsers(given.users, { clients, defaultRole: defaultRole.name ?? '', defaultGroups, random, clock })
  if (users.length > 0) realm.users = users
  if (given.federatedUsers) realm.federatedUsers = given.federatedUsers
  return given.keycloakVersion === undefined ? realm : bringToPresent(realm, given.keycloakVersion, random)
}

/** What master gains with a realm: a client that stands for it, its roles, and their names, which become composites of `admin`. */
export interface MasterAdminClient {
  readonly client: ClientRepresentation
  readonly roles: RoleRepresentation[]
  /** To be added to the composites of master's realm role `admin`, under `client.clientId`. */
  readonly adminComposites: readonly string[]
}

export function masterAdminClient(realmName: string, random: Random): MasterAdminClient {
  const client = builtInClient(masterRealmClient(realmName), {}, random)
  return { client, roles: adminRolesOf(client, random), adminComposites: adminRoleNames }
}

function withIds(client: ClientRepresentation, random: Random): ClientRepresentation {
  const id = client.id ?? random.uuid()
  return { ...client, id, clientId: client.clientId ?? id }
}

/**
 * Built-in clients and given ones. With `account` a file brings `account-console` too, or has none. Built-in clients are older than
 * the file's own client scopes and so have none of them.
 */
function completeClients(given: RealmRepresentation, scopes: CompletedScopes, options: CompletionOptions): ClientRepresentation[] {
  const { realmName, kind, random, clock } = options
  const brought = new Set(given.clients?.map((client) => client.clientId))
  const skipped = (clientId: string): boolean => brought.has(clientId === 'account-console' ? 'account' : clientId)
  const serviceAccountsGiven = new Set((given.users ?? []).flatMap((user) => user.serviceAccountClientId ?? []))
  const context: ClientContext = { ...scopes, serviceAccountsGiven }
  const oidc = new Set(scopes.clientScopes.filter((s) => s.protocol === 'openid-connect').map((s) => s.name))
  const lists = given.clientScopes
    ? {}
    : {
        defaultClientScopes: scopes.defaultDefaultClientScopes.filter((name) => oidc.has(name)),
        optionalClientScopes: scopes.defaultOptionalClientScopes.filter((name) => oidc.has(name)),
      }
  const facts = builtInClients(realmName).map((one) =>
    one.clientId === 'realm-management' && kind === 'master' ? masterRealmClient(realmName) : one,
  )
  return [
    ...facts.filter((one) => !skipped(one.clientId)).map((one) => builtInClient(one, lists, random)),
    ...(given.clients ?? []).map((client) => {
      const complete = completeClient(client, context, { via: 'import', random, clock })
      adoptScopes(complete, scopes)
      return client.clientId === 'security-admin-console' ? withLocale(complete, random) : complete
    }),
  ]
}

/** A client scope without a protocol takes that of the first client that lists it: later clients have it by default, earlier ones not. */
function adoptScopes(client: ClientRepresentation, { clientScopes }: CompletedScopes): void {
  const listed = new Set([...(client.defaultClientScopes ?? []), ...(client.optionalClientScopes ?? [])])
  for (const scope of clientScopes) if (listed.has(scope.name ?? '') && client.protocol) scope.protocol ??= client.protocol
}

function completeScopeMappings(given: RealmRepresentation, scopes: CompletedScopes) {
  const own = (given.scopeMappings ?? []).map(({ clientTemplate, ...mapping }) =>
    clientTemplate === undefined ? mapping : { ...mapping, clientScope: clientTemplate },
  )
  const offline = scopes.offlineScopeAdded ? [{ clientScope: 'offline_access', roles: ['offline_access'] }] : []
  const scopeMappings = mergeMappings([...offline, ...own])
  const byClient: Record<string, ScopeMappingRepresentation[]> = {}
  const account = given.clients?.some((client) => client.clientId === 'account')
    ? {}
    : { account: [{ client: 'account-console', roles: ['manage-account', 'view-groups'] }] }
  // `applicationScopeMappings` is the older name, read where the newer is not given.
  for (const section of [account, given.clientScopeMappings ?? given.applicationScopeMappings ?? {}]) {
    for (const [clientId, mappings] of Object.entries(section)) {
      byClient[clientId] = mergeMappings([...(byClient[clientId] ?? []), ...mappings])
    }
  }
  return {
    ...(scopeMappings.length > 0 ? { scopeMappings } : {}),
    ...(Object.keys(byClient).length > 0 ? { clientScopeMappings: byClient } : {}),
  }
}

/** One entry for each client or scope, in the order of their first mention. */
function mergeMappings(mappings: readonly ScopeMappingRepresentation[]): ScopeMappingRepresentation[] {
  const merged = new Map<string, ScopeMappingRepresentation>()
  for (const mapping of mappings) {
    const holder = `${mapping.client ?? ''}\n${mapping.clientScope ?? ''}`
    const roles = [...new Set([...(merged.get(holder)?.roles ?? []), ...(mapping.roles ?? [])])]
    merged.set(holder, { ...mapping, roles })
  }
  return [...merged.values()]
}
