import { type Row, type Sql, statement } from './sql.ts'

/** A role that a user has himself, or one that a group gives. */
export interface RoleOriginRow extends Row {
  role_id: string
  group_id: string | null
}

const given = statement(
  'role-origin.given',
  `select role_id, null as group_id from user_role where user_id = $1
   union all select role_id, group_id from group_role where group_id in {{list $2}}`,
)
const composites = statement(
  'role-origin.composites',
  `select c.parent_id, c.child_id, r.name, k.client_id as client from role_composite c join role r on r.id = c.parent_id
   left join client k on k.id = r.client_id where c.parent_id in {{list $1}} order by r.name, c.parent_id`,
)

export interface CompositeRow extends Row {
  parent_id: string
  child_id: string
  /** Of the parent. */
  name: string
  client: string | null
}

/** From where a user has his roles. */
export const roleOrigins = (sql: Sql) => ({
  given: (userId: string, groupIds: readonly string[]) => sql.all<RoleOriginRow>(given, userId, JSON.stringify(groupIds)),
  /** What the given roles hold. */
  composites: (roleIds: readonly string[]) => sql.all<CompositeRow>(composites, JSON.stringify(roleIds)),
})
