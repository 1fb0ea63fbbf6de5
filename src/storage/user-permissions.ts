import { type Row, type Sql, statement } from './sql.ts'

/** What a user may do in applications. `doc` is a list of `{"resource","entity","grants":[…]}`. */
export interface UserPermissionsRow extends Row {
  user_id: string
  doc: string
}

const find = statement('user-permissions.find', 'select user_id, doc from user_permissions where user_id = $1')
const listOfMany = statement('user-permissions.list-of-many', 'select user_id, doc from user_permissions where user_id in {{list $1}}')
const put = statement(
  'user-permissions.put',
  'insert into user_permissions (user_id, doc) values ($1, $2) on conflict (user_id) do update set doc = excluded.doc',
)
const insertMany = statement(
  'user-permissions.insert-many',
  `insert into user_permissions (user_id, doc)
   select user_id, doc from {{records $1 (user_id text, doc json)}} as given where true on conflict (user_id) do nothing`,
)
const remove = statement('user-permissions.remove', 'delete from user_permissions where user_id = $1')

/** Users without permissions have no row. */
export const userPermissions = (sql: Sql) => ({
  find: (userId: string) => sql.one<UserPermissionsRow>(find, userId),
  listOfMany: (userIds: readonly string[]) => sql.all<UserPermissionsRow>(listOfMany, JSON.stringify(userIds)),
  put: (userId: string, doc: string) => sql.run(put, userId, doc),
  insertMany: (records: readonly { readonly user_id: string; readonly doc: unknown }[]) => sql.run(insertMany, JSON.stringify(records)),
  remove: (userId: string) => sql.run(remove, userId),
})
