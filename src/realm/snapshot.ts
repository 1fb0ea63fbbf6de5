import type { ClientRepresentation } from '../representations/client.ts'
import type { ClientScopeRepresentation } from '../representations/client-scope.ts'
import type { ComponentRepresentation } from '../representations/component.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import { clientScopes as scopeRows } from '../storage/client-scopes.ts'
import { type ClientRow, clients as clientRows } from '../storage/clients.ts'
import { components as componentRows } from '../storage/components.ts'
import type { RealmRow } from '../storage/realms.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'
import { loadAuthentication } from './authentication.ts'
import { boundedMap } from './bounded-map.ts'
import type { Client, ClientScope, RealmAuthentication, RealmSnapshot, UserFacts } from './model.ts'
import { loadUserFacts } from './user-facts.ts'

const snapshotLimits = {
  /** Loaded clients kept per snapshot, about 8 kB each. */
  clientsMax: 2_000,
} as const

/** Loads a realm in four statements, whatever it holds. Clients are loaded when they are asked for. */
export async function loadSnapshot(sql: Sql, row: RealmRow): Promise<RealmSnapshot> {
  const [scopes, reachable, componentList] = await Promise.all([
    scopeRows(sql).list(row.id),
    scopeRows(sql).reachableRoles(row.id),
    componentRows(sql).list(row.id),
  ])
  const settings = freeze(JSON.parse(row.doc) as RealmRepresentation)
  const rolesOfScope = Map.groupBy(reachable, (r) => r.scope_id)
  const clientScopes = scopes.map((scope): ClientScope => {
    const doc = freeze({ id: scope.id, ...(JSON.parse(scope.doc) as ClientScopeRepresentation), name: scope.name })
    const mapped = rolesOfScope.get(scope.id) ?? []
    return Object.freeze({
      id: scope.id,
      name: scope.name,
      protocol: doc.protocol ?? 'openid-connect',
      attributes: doc.attributes ?? {},
      mappers: doc.protocolMappers ?? [],
      roleIds: new Set(mapped.map((r) => r.id)),
      directRoleIds: mapped.filter((r) => r.direct === 1).map((r) => r.id),
      organizations: settings.organizationsEnabled === true && asksForOrganizations(doc),
      doc,
    })
  })
  const components = componentList.map((c) => freeze(JSON.parse(c.doc) as ComponentRepresentation))
  const loader = clientLoader(sql, row.id, clientScopes)
  const derived = derivedValues<RealmSnapshot>()
  let authentication: Promise<RealmAuthentication> | undefined
  const snapshot: RealmSnapshot = {
    id: row.id,
    name: row.name,
    revision: row.revision,
    enabled: row.enabled === 1,
    settings,
    attributes: settings.attributes ?? {},
    defaultRoleId: row.default_role_id ?? '',
    clientScopes,
    components,
    ...loader,
    authentication() {
      authentication ??= loadAuthentication(sql, row.id).catch((error: unknown) => {
        authentication = undefined
        throw error
      })
      return authentication
    },
    derived: (build) => derived(build, snapshot),
  }
  return Object.freeze(snapshot)
}

const asksForOrganizations = ({ protocolMappers = [] }: ClientScopeRepresentation): boolean =>
  protocolMappers.some((mapper) => mapper.protocolMapper === 'oidc-organization-membership-mapper')

/** Values computed once per owner, keyed by the function that computes them. */
function derivedValues<O>(): <V>(build: (owner: O) => V, owner: O) => V {
  const values = new Map<unknown, unknown>()
  return <V>(build: (owner: O) => V, owner: O): V => {
    if (values.has(build)) return values.get(build) as V
    const value = build(owner)
    values.set(build, value)
    return value
  }
}

/** Reads clients and service accounts of one realm and remembers them for the life of the snapshot. */
function clientLoader(
  sql: Sql,
  realmId: string,
  scopes: readonly ClientScope[],
): Pick<RealmSnapshot, 'client' | 'clientById' | 'serviceAccount'> {
  const byClientId = boundedMap<string, Promise<Client | undefined>>(snapshotLimits.clientsMax)
  const serviceAccounts = boundedMap<string, Promise<UserFacts | undefined>>(snapshotLimits.clientsMax)
  const scopeById = new Map(scopes.map((scope) => [scope.id, scope]))

  /** Remembers what was found; a miss or a failure is asked again, so that unknown names cannot fill the cache. */
  const remember = <V>(
    cache: {
      get(key: string): Promise<V | undefined> | undefined
      set(key: string, value: Promise<V | undefined>): void
      delete(key: string): boolean
    },
    key: string,
    load: () => Promise<V | undefined>,
  ): Promise<V | undefined> => {
    const known = cache.get(key)
    if (known !== undefined) return known
    const loading = load().then(
      (value) => {
        if (value === undefined) cache.delete(key)
        return value
      },
      (error: unknown) => {
        cache.delete(key)
        throw error
      },
    )
    cache.set(key, loading)
    return loading
  }

  const build = async (row: ClientRow | undefined): Promise<Client | undefined> => (row ? loadClient(sql, row, scopeById) : undefined)

  return {
    client: (clientId) => remember(byClientId, clientId, async () => build(await clientRows(sql).find(realmId, clientId))),
    async clientById(id) {
      const row = await clientRows(sql).findById(realmId, id)
      return row ? remember(byClientId, row.client_id, () => build(row)) : undefined
    },
    serviceAccount: (client) =>
      remember(serviceAccounts, client.id, async () => {
        const row = await userRows(sql).findServiceAccount(client.id)
        return row ? loadUserFacts(sql, row) : undefined
      }),
  }
}

async function loadClient(sql: Sql, row: ClientRow, scopeById: ReadonlyMap<string, ClientScope>): Promise<Client> {
  const doc = freeze({ id: row.id, ...(JSON.parse(row.doc) as ClientRepresentation), clientId: row.client_id })
  const fullScopeAllowed = doc.fullScopeAllowed ?? false
  const [links, reachable] = await Promise.all([
    clientRows(sql).scopeLinks(row.id),
    fullScopeAllowed ? [] : clientRows(sql).reachableRoles(row.id),
  ])
  const linked = (isDefault: number): ClientScope[] =>
    links.filter((link) => link.is_default === isDefault).flatMap((link) => scopeById.get(link.scope_id) ?? [])
  const derived = derivedValues<Client>()
  const client: Client = {
    id: row.id,
    clientId: row.client_id,
    enabled: doc.enabled ?? false,
    protocol: doc.protocol ?? 'openid-connect',
    publicClient: doc.publicClient ?? false,
    bearerOnly: doc.bearerOnly ?? false,
    fullScopeAllowed,
    secret: doc.secret,
    attributes: doc.attributes ?? {},
    mappers: doc.protocolMappers ?? [],
    defaultScopes: linked(1),
    optionalScopes: linked(0),
    scopeRoleIds: new Set(reachable.map((role) => role.id)),
    doc,
    derived: (build) => derived(build, client),
  }
  return Object.freeze(client)
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) freeze(member)
  }
  return value
}
