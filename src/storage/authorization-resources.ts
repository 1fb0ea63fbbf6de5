import type { AuthorizationScopeRow } from './authorization-scopes.ts'
import { containingIfAny } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `owner_id` is the resource server's id, or that of the user in `owner_user_id`. */
export interface AuthorizationResourceRow extends Row {
  id: string
  server_id: string
  owner_id: string
  owner_user_id: string | null
  name: string
  type: string | null
  display_name: string | null
  icon_uri: string | null
  owner_managed_access: number
}

export interface ResourceScopeRow extends AuthorizationScopeRow {
  resource_id: string
}

const columns = 'r.id, r.server_id, r.owner_id, r.owner_user_id, r.name, r.type, r.display_name, r.icon_uri, r.owner_managed_access'
const from = `select ${columns} from authorization_resource r`
const findById = statement('authorization-resource.find-by-id', `${from} where r.server_id = $1 and r.id = $2`)
const find = statement('authorization-resource.find', `${from} where r.server_id = $1 and r.owner_id = $2 and r.name = $3`)
// A `cross join` keeps its order: without it SQLite may read the whole server for a few ids.
const fromIds = (list: string): string => `select ${columns} from ${list} given cross join authorization_resource r`
const findAll = statement(
  'authorization-resource.find-all',
  `${fromIds('{{list $2}}')} where r.id = given.value and r.server_id = $1 order by r.id`,
)
const named = statement(
  'authorization-resource.named',
  `${fromIds('{{list $3}}')} where r.id = given.value and r.server_id = $1
   union ${from} where r.server_id = $1 and r.owner_id = $2 and r.name in {{list $3}}`,
)
const listOfOwner = statement(
  'authorization-resource.list-of-owner',
  `${from} where r.server_id = $1 and r.owner_id = $2 order by r.id limit $3`,
)
const listOfTypes = statement(
  'authorization-resource.list-of-types',
  `${from} where r.server_id = $1 and r.type in {{list $2}} order by r.id`,
)
const listOfScopes = statement(
  'authorization-resource.list-of-scopes',
  `${from} where r.server_id = $1 and exists (
     select 1 from authorization_resource_scope l where l.resource_id = r.id and l.scope_id in {{list $2}}) order by r.id`,
)
const listAll = statement('authorization-resource.list-all', `${from} where r.server_id = $1 order by r.created_order`)
const filter = `r.server_id = $1 and ($2 = '' or r.id = $2) and ($3 = '' or r.name_lower like $3 escape '!') and ($4 = '' or r.name = $4)
   and ($5 = '' or r.type_lower like $5 escape '!') and ($6 = '' or r.owner_id = $6)
   and ($7 = '' or exists (select 1 from authorization_resource_scope l join authorization_scope s on s.id = l.scope_id
        where l.resource_id = r.id and s.name_lower like $7 escape '!'))`
const page = 'order by r.name, r.id limit $8 offset $9'
const search = statement('authorization-resource.search', `${from} where ${filter} ${page}`)
const searchByUri = statement(
  'authorization-resource.search-by-uri',
  `select ${columns} from authorization_resource_uri u cross join authorization_resource r
   where r.id = u.resource_id and u.uri = $10 and ${filter} ${page}`,
)
// What people see of their own, whatever the server: $1 is a user, $2 a piece of the name.
const seen = (which: string): string => `${from} where ${which} and r.name_lower like $2 escape '!' order by r.id limit $3 offset $4`
const ofUser = statement('authorization-resource.of-user', seen('r.owner_user_id = $1').replace('order by r.id', 'order by r.name, r.id'))
const asked = (granted: string): string =>
  seen(`r.id in (select t.resource_id from permission_ticket t where t.requester_id = $1 and t.granted_at_ms ${granted})`)
const sharedWith = statement('authorization-resource.shared-with', asked('is not null'))
const askedForBy = statement('authorization-resource.asked-for-by', asked('is null'))
const sharedBy = statement(
  'authorization-resource.shared-by',
  seen(`r.owner_user_id = $1
     and exists (select 1 from permission_ticket t where t.resource_id = r.id and t.granted_at_ms is not null)`),
)
const findInRealm = statement(
  'authorization-resource.find-in-realm',
  `${from} join client c on c.id = r.server_id where c.realm_id = $1 and r.id = $2`,
)
const uris = statement(
  'authorization-resource.uris',
  'select resource_id, uri from authorization_resource_uri where resource_id in {{list $1}} order by resource_id, position',
)
const patternsOfServer = statement(
  'authorization-resource.patterns-of-server',
  `select u.resource_id, u.uri from authorization_resource_uri u cross join authorization_resource r
   where u.is_pattern = 1 and r.id = u.resource_id and r.server_id = $1 and r.owner_id = $1 order by u.uri`,
)
const attributes = statement(
  'authorization-resource.attributes',
  `select resource_id, name, value from authorization_resource_attribute where resource_id in {{list $1}}
   order by resource_id, name, position`,
)
const scopes = statement(
  'authorization-resource.scopes',
  `select l.resource_id, s.id, s.server_id, s.name, s.display_name, s.icon_uri from authorization_resource_scope l
   join authorization_scope s on s.id = l.scope_id where l.resource_id in {{list $1}} order by l.resource_id, l.position`,
)
const scopesOfTypes = statement(
  'authorization-resource.scopes-of-types',
  `select distinct r.type, l.scope_id from authorization_resource r join authorization_resource_scope l on l.resource_id = r.id
   where r.server_id = $1 and r.owner_id = $1 and r.type in {{list $2}}`,
)
const insert = statement(
  'authorization-resource.insert',
  `insert into authorization_resource (id, server_id, owner_id, owner_user_id, name, name_lower, type, type_lower, display_name, icon_uri,
     owner_managed_access, created_order)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
     (select coalesce(max(created_order), 0) + 1 from authorization_resource where server_id = $2))`,
)
const update = statement(
  'authorization-resource.update',
  `update authorization_resource set name = $2, name_lower = $3, type = $4, type_lower = $5, display_name = $6, icon_uri = $7,
     owner_managed_access = $8 where id = $1`,
)
const remove = statement('authorization-resource.remove', 'delete from authorization_resource where server_id = $1 and id = $2')
const addUri = statement(
  'authorization-resource.add-uri',
  'insert into authorization_resource_uri (resource_id, uri, position, is_pattern) values ($1, $2, $3, $4) on conflict (resource_id, uri) do nothing',
)
const clearUris = statement('authorization-resource.clear-uris', 'delete from authorization_resource_uri where resource_id = $1')
const addAttribute = statement(
  'authorization-resource.add-attribute',
  'insert into authorization_resource_attribute (resource_id, name, position, value) values ($1, $2, $3, $4)',
)
const clearAttributes = statement(
  'authorization-resource.clear-attributes',
  'delete from authorization_resource_attribute where resource_id = $1',
)
const addScope = statement(
  'authorization-resource.add-scope',
  `insert into authorization_resource_scope (resource_id, scope_id, position) values ($1, $2, $3)
   on conflict (resource_id, scope_id) do nothing`,
)
const clearScopes = statement(
  'authorization-resource.clear-scopes',
  'delete from authorization_resource_scope where resource_id = $1 and scope_id not in {{list $2}}',
)

/** A search: `name`, `type` and `scope` are pieces whatever their case, the rest is exact. Absent members do not matter. */
export interface ResourceFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly exactName?: string | undefined
  readonly type?: string | undefined
  readonly ownerId?: string | undefined
  readonly uri?: string | undefined
  readonly scope?: string | undefined
}

export interface NewResource {
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly type: string | undefined
  readonly displayName: string | undefined
  readonly iconUri: string | undefined
  readonly ownerManagedAccess: boolean
}

interface RowPage {
  readonly max: number
  readonly first: number
}

const pageOf = (userId: string, name: string | undefined, { max, first }: RowPage): [string, string, number, number] => [
  userId,
  containingIfAny(name) || '%',
  max,
  first,
]

const lower = (text: string | undefined): string | null => text?.toLowerCase() ?? null

export const authorizationResources = (sql: Sql) => ({
  findById: (serverId: string, id: string) => sql.one<AuthorizationResourceRow>(findById, serverId, id),
  find: (serverId: string, ownerId: string, name: string) => sql.one<AuthorizationResourceRow>(find, serverId, ownerId, name),
  findAll: (serverId: string, ids: readonly string[]) =>
    sql.all<AuthorizationResourceRow>(findAll, serverId, JSON.stringify([...new Set(ids)])),
  /** By id, or by the name of one that the owner has. */
  named: (serverId: string, ownerId: string, namesOrIds: readonly string[]) =>
    sql.all<AuthorizationResourceRow>(named, serverId, ownerId, JSON.stringify(namesOrIds)),
  listOfOwner: (serverId: string, ownerId: string, max: number) => sql.all<AuthorizationResourceRow>(listOfOwner, serverId, ownerId, max),
  listOfTypes: (serverId: string, types: readonly string[]) =>
    sql.all<AuthorizationResourceRow>(listOfTypes, serverId, JSON.stringify(types)),
  listOfScopes: (serverId: string, scopeIds: readonly string[]) =>
    sql.all<AuthorizationResourceRow>(listOfScopes, serverId, JSON.stringify(scopeIds)),
  listAll: (serverId: string) => sql.all<AuthorizationResourceRow>(listAll, serverId),
  search(serverId: string, wanted: ResourceFilter, { max, first }: { max: number; first: number }) {
    const { id = '', name, exactName = '', type, ownerId = '', uri, scope } = wanted
    const values = [
      serverId,
      id,
      containingIfAny(name),
      exactName,
      containingIfAny(type),
      ownerId,
      containingIfAny(scope),
      max,
      first,
    ] as const
    if (uri !== undefined && uri !== '') return sql.all<AuthorizationResourceRow>(searchByUri, ...values, uri)
    return sql.all<AuthorizationResourceRow>(search, ...values)
  },
  /** Of any server of the realm. */
  findInRealm: (realmId: string, id: string) => sql.one<AuthorizationResourceRow>(findInRealm, realmId, id),
  /** Resources that a user owns, by their names. */
  ofUser: (userId: string, name: string | undefined, page: RowPage) =>
    sql.all<AuthorizationResourceRow>(ofUser, ...pageOf(userId, name, page)),
  /** Resources of others of which something is granted to a user. */
  sharedWith: (userId: string, name: string | undefined, page: RowPage) =>
    sql.all<AuthorizationResourceRow>(sharedWith, ...pageOf(userId, name, page)),
  /** Resources of others for which a user has asked in vain so far. */
  askedForBy: (userId: string, page: RowPage) => sql.all<AuthorizationResourceRow>(askedForBy, ...pageOf(userId, undefined, page)),
  /** Resources of which their owner has granted something to somebody. */
  sharedBy: (userId: string, page: RowPage) => sql.all<AuthorizationResourceRow>(sharedBy, ...pageOf(userId, undefined, page)),
  uris: (ids: readonly string[]) => sql.all<{ resource_id: string; uri: string }>(uris, JSON.stringify(ids)),
  /** URIs with a wildcard or a variable of the resources that the server itself owns. */
  patternsOfServer: (serverId: string) => sql.all<{ resource_id: string; uri: string }>(patternsOfServer, serverId),
  attributes: (ids: readonly string[]) => sql.all<{ resource_id: string; name: string; value: string }>(attributes, JSON.stringify(ids)),
  scopes: (ids: readonly string[]) => sql.all<ResourceScopeRow>(scopes, JSON.stringify(ids)),
  /** Scopes that the server's own resources of the types have. */
  scopesOfTypes: (serverId: string, types: readonly string[]) =>
    sql.all<{ type: string; scope_id: string }>(scopesOfTypes, serverId, JSON.stringify(types)),
  insert: (serverId: string, resource: NewResource) =>
    sql.run(
      insert,
      resource.id,
      serverId,
      resource.ownerId,
      resource.ownerId === serverId ? null : resource.ownerId,
      resource.name,
      resource.name.toLowerCase(),
      resource.type ?? null,
      lower(resource.type),
      resource.displayName ?? null,
      resource.iconUri ?? null,
      resource.ownerManagedAccess ? 1 : 0,
    ),
  update: (resource: Omit<NewResource, 'ownerId'>) =>
    sql.run(
      update,
      resource.id,
      resource.name,
      resource.name.toLowerCase(),
      resource.type ?? null,
      lower(resource.type),
      resource.displayName ?? null,
      resource.iconUri ?? null,
      resource.ownerManagedAccess ? 1 : 0,
    ),
  remove: (serverId: string, id: string) => sql.run(remove, serverId, id),
  async replaceUris(id: string, list: readonly string[]): Promise<void> {
    await sql.run(clearUris, id)
    for (const [position, uri] of list.entries()) await sql.run(addUri, id, uri, position, /[*{]/.test(uri) ? 1 : 0)
  },
  async replaceAttributes(id: string, map: Readonly<Record<string, readonly string[]>>): Promise<void> {
    await sql.run(clearAttributes, id)
    for (const [name, values] of Object.entries(map))
      for (const [position, value] of values.entries()) await sql.run(addAttribute, id, name, position, value)
  },
  /** Scopes that stay keep their place. */
  async replaceScopes(id: string, scopeIds: readonly string[]): Promise<void> {
    await sql.run(clearScopes, id, JSON.stringify(scopeIds))
    for (const [position, scopeId] of scopeIds.entries()) await sql.run(addScope, id, scopeId, position)
  },
})
