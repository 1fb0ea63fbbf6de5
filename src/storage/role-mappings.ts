import type { RoleRow } from './roles.ts'
import { type Sql, type Statement, statement } from './sql.ts'

/** A role with the clientId of its client. */
export interface MappedRoleRow extends RoleRow {
  client: string | null
}

interface HolderStatements {
  readonly direct: Statement
  readonly own: Statement
  readonly available: Statement
  readonly effective: Statement
  readonly add: Statement
  readonly remove: Statement
}

/**
 * What is asked of every table that maps roles to a holder. `given` selects the ids of the roles that a holder ($1) has without their
 * composites, after the words of its `with`; `unavailable` is a condition for roles that cannot be mapped.
 */
function holder(
  name: string,
  {
    table,
    column,
    before = '',
    given,
    unavailable = '',
  }: Record<'table' | 'column' | 'given', string> & { before?: string; unavailable?: string },
): HolderStatements {
  const columns = 'r.id, r.client_id, r.container_id, r.name, r.doc'
  return {
    direct: statement(
      `${name}.mapped-roles`,
      `select ${columns}, c.client_id as client from ${table} m join role r on r.id = m.role_id
       left join client c on c.id = r.client_id where m.${column} = $1 order by r.name, r.id`,
    ),
    own: statement(
      `${name}.mapped-roles-of`,
      `select ${columns} from ${table} m join role r on r.id = m.role_id where m.${column} = $1 and r.container_id = $2 order by r.name`,
    ),
    available: statement(
      `${name}.available-roles-of`,
      `select ${columns} from role r where r.container_id = $2
         and not exists (select 1 from ${table} m where m.${column} = $1 and m.role_id = r.id) ${unavailable} order by r.name`,
    ),
    effective: statement(
      `${name}.effective-roles-of`,
      `with recursive ${before === '' ? '' : `${before},`} granted (id) as (
         ${given}
         union select c.child_id from granted g join role_composite c on c.parent_id = g.id
       )
       select ${columns} from granted g join role r on r.id = g.id where r.container_id = $2 order by r.name`,
    ),
    add: statement(
      `${name}.map-roles`,
      `insert into ${table} (${column}, role_id) select $1, value from {{list $2}} as given where true on conflict (${column}, role_id) do nothing`,
    ),
    remove: statement(`${name}.unmap-roles`, `delete from ${table} where ${column} = $1 and role_id in {{list $2}}`),
  }
}

/** The groups above a user's or a group's own, these included, as `member`. */
const above = (start: string): string => `member (id, parent_id) as (
         ${start}
         union select p.id, p.parent_id from member m join user_group p on p.id = m.parent_id
       )`
const ofGroups = 'select gr.role_id from member m join group_role gr on gr.group_id = m.id'

const holders = {
  user: holder('user', {
    table: 'user_role',
    column: 'user_id',
    before: above('select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1'),
    given: `select role_id from user_role where user_id = $1 union ${ofGroups}`,
  }),
  group: holder('group', {
    table: 'group_role',
    column: 'group_id',
    before: above('select id, parent_id from user_group where id = $1'),
    given: ofGroups,
  }),
  'organization-group': holder('organization-group', {
    table: 'organization_group_role',
    column: 'group_id',
    before: `organization_group_above (id, parent_id) as (
      select id, parent_id from organization_group where id = $1
      union select p.id, p.parent_id from organization_group_above g join organization_group p on p.id = g.parent_id
    )`,
    given: 'select gr.role_id from organization_group_above g join organization_group_role gr on gr.group_id = g.id',
  }),
  // A client may always show its own roles; they are not mapped.
  client: holder('client', {
    table: 'client_scope_mapping',
    column: 'client_id',
    given: 'select id from role where client_id = $1 union select role_id from client_scope_mapping where client_id = $1',
    unavailable: "and coalesce(r.client_id, '') <> $1",
  }),
  'client-scope': holder('client-scope', {
    table: 'scope_scope_mapping',
    column: 'scope_id',
    given: 'select role_id from scope_scope_mapping where scope_id = $1',
  }),
} as const

/** What roles can be mapped to: users and groups have them, clients and client scopes may show them. */
export type RoleHolderKind = keyof typeof holders

const inherited = statement(
  'group.inherited-roles',
  `with recursive ${above('select id, parent_id from user_group where id = $1')}
   select distinct gr.role_id as id from member m join group_role gr on gr.group_id = m.id`,
)

const ofUser = statement(
  'user.held-role-ids',
  `with recursive ${above('select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1')}
   select role_id as id from user_role where user_id = $1 union ${ofGroups}`,
)

/** Ids of the roles that a user has himself or by his groups, composites not followed. */
export const rolesOfUser = (sql: Sql, userId: string) => sql.all<{ id: string }>(ofUser, userId)

/** The roles mapped to one holder; a container is a realm's id or a client's. */
export const roleMappings = (sql: Sql, kind: RoleHolderKind, id: string) => ({
  /** All that are mapped, of the realm and of clients. */
  direct: () => sql.all<MappedRoleRow>(holders[kind].direct, id),
  own: (containerId: string) => sql.all<RoleRow>(holders[kind].own, id, containerId),
  available: (containerId: string) => sql.all<RoleRow>(holders[kind].available, id, containerId),
  /** With composites; those of users and groups with what the groups above them have. */
  effective: (containerId: string) => sql.all<RoleRow>(holders[kind].effective, id, containerId),
  add: (roleIds: readonly string[]) => sql.run(holders[kind].add, id, JSON.stringify(roleIds)),
  remove: (roleIds: readonly string[]) => sql.run(holders[kind].remove, id, JSON.stringify(roleIds)),
})

/** Ids of the roles that members of a group get from it and from the groups above, composites not followed. */
export const inheritedRoles = (sql: Sql, groupId: string) => sql.all<{ id: string }>(inherited, groupId)
