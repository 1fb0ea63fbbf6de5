import type { ResourceRepresentation, ScopeRepresentation } from '../representations/authorization.ts'
import { type AuthorizationResourceRow, authorizationResources, type ResourceScopeRow } from '../storage/authorization-resources.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'
import type { ResourceServer } from './resource-server.ts'

/** What is protected, as decisions need it. */
export interface Resource {
  readonly id: string
  readonly name: string
  readonly ownerId: string
  readonly type: string | undefined
  readonly ownerManagedAccess: boolean
  /** Ids of its own scopes. */
  readonly scopeIds: readonly string[]
}

/** The rows with their scopes: one statement. */
export async function withScopes(sql: Sql, rows: readonly AuthorizationResourceRow[]): Promise<Resource[]> {
  const scopes = await scopesByResource(sql, rows)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    type: row.type ?? undefined,
    ownerManagedAccess: row.owner_managed_access === 1,
    scopeIds: (scopes.get(row.id) ?? []).map(({ id }) => id),
  }))
}

const scopesByResource = async (
  sql: Sql,
  rows: readonly AuthorizationResourceRow[],
): Promise<ReadonlyMap<string, readonly ResourceScopeRow[]>> =>
  rows.length === 0 ? new Map() : Map.groupBy(await authorizationResources(sql).scopes(rows.map(({ id }) => id)), (row) => row.resource_id)

/** Names of the users who own resources, by id. */
async function ownerNames(
  sql: Sql,
  server: ResourceServer,
  rows: readonly AuthorizationResourceRow[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map([[server.id, server.clientId]])
  const ids = new Set(rows.flatMap(({ owner_user_id }) => owner_user_id ?? []))
  if (ids.size > 0) for (const { id, username } of await userRows(sql).namesOf([...ids])) names.set(id, username)
  return names
}

/** Resources as they are printed, `deep` with attributes and scopes. At most four statements, however many there are. */
export async function describeResources(
  sql: Sql,
  server: ResourceServer,
  rows: readonly AuthorizationResourceRow[],
  deep: boolean,
): Promise<ResourceRepresentation[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const stored = authorizationResources(sql)
  const uris = Map.groupBy(await stored.uris(ids), (row) => row.resource_id)
  const attributes = deep ? await attributesOf(sql, ids) : undefined
  const scopes = deep ? await scopesByResource(sql, rows) : undefined
  const owners = await ownerNames(sql, server, rows)
  return rows.map((row) => ({
    name: row.name,
    ...(row.type === null ? {} : { type: row.type }),
    owner: { id: row.owner_id, ...nameOf(owners.get(row.owner_id)) },
    ownerManagedAccess: row.owner_managed_access === 1,
    ...(row.display_name === null ? {} : { displayName: row.display_name }),
    ...(attributes === undefined ? {} : { attributes: attributes.get(row.id) ?? {} }),
    _id: row.id,
    uris: (uris.get(row.id) ?? []).map(({ uri }) => uri),
    ...(scopes === undefined ? {} : { scopes: (scopes.get(row.id) ?? []).map(scopeOfResource) }),
    ...(row.icon_uri === null ? {} : { icon_uri: row.icon_uri }),
  }))
}

const nameOf = (name: string | undefined): { name?: string } => (name === undefined ? {} : { name })

/** Inside of a resource a scope has no display name (reference behaviour). */
const scopeOfResource = ({ id, name, icon_uri }: ResourceScopeRow): ScopeRepresentation => ({
  id,
  name,
  ...(icon_uri === null ? {} : { iconUri: icon_uri }),
})

export async function attributesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, Record<string, string[]>>> {
  const byResource = new Map<string, Record<string, string[]>>()
  for (const { resource_id, name, value } of await authorizationResources(sql).attributes(ids)) {
    const map = byResource.get(resource_id) ?? {}
    byResource.set(resource_id, map)
    if (Object.hasOwn(map, name)) map[name]?.push(value)
    else Object.defineProperty(map, name, { value: [value], enumerable: true, writable: true, configurable: true })
  }
  return byResource
}
