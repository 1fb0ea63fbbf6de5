import { containingIfAny } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

export interface AuthorizationScopeRow extends Row {
  id: string
  server_id: string
  name: string
  display_name: string | null
  icon_uri: string | null
}

const columns = 'id, server_id, name, display_name, icon_uri'
const find = statement('authorization-scope.find', `select ${columns} from authorization_scope where server_id = $1 and name = $2`)
const findById = statement('authorization-scope.find-by-id', `select ${columns} from authorization_scope where server_id = $1 and id = $2`)
const named = statement(
  'authorization-scope.named',
  `select ${columns} from authorization_scope where server_id = $1 and name in {{list $2}}
   union select ${columns} from authorization_scope where server_id = $1 and id in {{list $2}}`,
)
const list = statement(
  'authorization-scope.list',
  `select ${columns} from authorization_scope where server_id = $1 and ($2 = '' or id = $2) and ($3 = '' or name_lower like $3 escape '!')
   order by name limit $4 offset $5`,
)
const listAll = statement(
  'authorization-scope.list-all',
  `select ${columns} from authorization_scope where server_id = $1 order by created_order`,
)
const isUsed = statement('authorization-scope.is-used', 'select 1 as used from authorization_resource_scope where scope_id = $1 limit 1')
const insert = statement(
  'authorization-scope.insert',
  `insert into authorization_scope (id, server_id, name, name_lower, display_name, icon_uri, created_order)
   values ($1, $2, $3, $4, $5, $6, (select coalesce(max(created_order), 0) + 1 from authorization_scope where server_id = $2))`,
)
const update = statement(
  'authorization-scope.update',
  'update authorization_scope set name = $3, name_lower = $4, display_name = $5, icon_uri = $6 where server_id = $1 and id = $2',
)
const remove = statement('authorization-scope.remove', 'delete from authorization_scope where server_id = $1 and id = $2')

export interface NewAuthorizationScope {
  readonly id: string
  readonly name: string
  readonly displayName: string | undefined
  readonly iconUri: string | undefined
}

export const authorizationScopes = (sql: Sql) => ({
  find: (serverId: string, name: string) => sql.one<AuthorizationScopeRow>(find, serverId, name),
  findById: (serverId: string, id: string) => sql.one<AuthorizationScopeRow>(findById, serverId, id),
  /** Those of the given names or ids that there are. */
  named: (serverId: string, namesOrIds: readonly string[]) => sql.all<AuthorizationScopeRow>(named, serverId, JSON.stringify(namesOrIds)),
  /** A page by name; `name` is a piece of one, whatever its case. */
  list: (serverId: string, filter: { id?: string | undefined; name?: string | undefined }, page: { max: number; first: number }) =>
    sql.all<AuthorizationScopeRow>(list, serverId, filter.id ?? '', containingIfAny(filter.name), page.max, page.first),
  listAll: (serverId: string) => sql.all<AuthorizationScopeRow>(listAll, serverId),
  /** True when a resource has the scope. */
  isUsed: async (id: string) => (await sql.one<{ used: number }>(isUsed, id)) !== undefined,
  insert: (serverId: string, scope: NewAuthorizationScope) =>
    sql.run(insert, scope.id, serverId, scope.name, scope.name.toLowerCase(), scope.displayName || null, scope.iconUri ?? null),
  update: (serverId: string, scope: NewAuthorizationScope) =>
    sql.run(update, serverId, scope.id, scope.name, scope.name.toLowerCase(), scope.displayName || null, scope.iconUri ?? null),
  remove: (serverId: string, id: string) => sql.run(remove, serverId, id),
})
