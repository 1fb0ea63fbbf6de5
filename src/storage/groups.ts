import type { RowPage } from './roles.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the GroupRepresentation without roles and sub-groups. parent_id is '' at the top. */
export interface GroupRow extends Row {
  id: string
  parent_id: string
  name: string
  doc: string
}

const columns = 'id, parent_id, name, doc'
const columnsOf = 'g.id, g.parent_id, g.name, g.doc'
const matches = "coalesce(name_lower, lower(name)) like $2 escape '!'"
const listOfRealm = statement('group.list-of-realm', `select ${columns} from user_group where realm_id = $1 order by name`)
const find = statement('group.find', `select ${columns} from user_group where realm_id = $1 and parent_id = $2 and name = $3`)
const findById = statement('group.find-by-id', `select ${columns} from user_group where realm_id = $1 and id = $2`)
// Names may hold slashes, so that one path can lead to two groups: the deeper one goes first.
const findByPath = statement(
  'group.find-by-path',
  `with recursive walk (id, rest, depth) as (
     select '', cast($2 as text), 0
     union select g.id, substr(w.rest, length(g.name) + 2), w.depth + 1 from walk w join user_group g on g.parent_id = w.id
       where g.realm_id = $1 and w.rest <> '' and substr(w.rest || '/', 1, length(g.name) + 2) = '/' || g.name {{bytes}} || '/'
   )
   select ${columnsOf} from walk w join user_group g on g.id = w.id where w.rest = '' order by w.depth desc limit 1`,
)
const insert = statement(
  'group.insert',
  'insert into user_group (id, realm_id, parent_id, name, doc, name_lower) values ($1, $2, $3, $4, $5, $6)',
)
const update = statement('group.update', 'update user_group set name = $3, doc = $4, name_lower = $5 where realm_id = $1 and id = $2')
const move = statement('group.move', 'update user_group set parent_id = $3 where realm_id = $1 and id = $2')
const removeTree = statement(
  'group.remove-tree',
  `with recursive below (id) as (
     select id from user_group where realm_id = $1 and id = $2
     union select g.id from below b join user_group g on g.parent_id = b.id
   ) delete from user_group where id in (select id from below)`,
)
const children = statement(
  'group.children',
  `select ${columns} from user_group where realm_id = $1 and parent_id = $3 and ${matches} order by name limit $4 offset $5`,
)
const search = statement(
  'group.search',
  `select ${columns} from user_group where realm_id = $1 and ${matches} order by name, id limit $3 offset $4`,
)
const searchName = statement(
  'group.search-name',
  `select ${columns} from user_group where realm_id = $1 and name = $2 order by name, id limit $3 offset $4`,
)
const searchAttributes = statement(
  'group.search-attributes',
  `select ${columns} from user_group g where realm_id = $1
     and (select count(distinct a.key || $4 || v.value) from {{attributes g.doc}} where a.key || $4 || v.value in {{list $2}}) = $3
   order by name, id limit $5 offset $6`,
)
const count = statement('group.count', 'select count(*) as n from user_group where realm_id = $1')
const countChildren = statement('group.count-children', 'select count(*) as n from user_group where realm_id = $1 and parent_id = $2')
const countMatches = statement('group.count-matches', `select count(*) as n from user_group where realm_id = $1 and ${matches}`)
const withAncestors = statement(
  'group.with-ancestors',
  `with recursive above (id, parent_id) as (
     select id, parent_id from user_group where id in {{list $1}}
     union select p.id, p.parent_id from above a join user_group p on p.id = a.parent_id
   ) select ${columnsOf} from above a join user_group g on g.id = a.id`,
)
const childCounts = statement(
  'group.child-counts',
  'select parent_id, count(*) as n from user_group where parent_id in {{list $1}} group by parent_id',
)
const addRole = statement(
  'group.add-role',
  'insert into group_role (group_id, role_id) values ($1, $2) on conflict (group_id, role_id) do nothing',
)
const rolesOf = statement(
  'group.roles-of',
  `select gr.group_id, r.name, c.client_id as client from group_role gr join role r on r.id = gr.role_id
   left join client c on c.id = r.client_id where gr.group_id in {{list $1}} order by r.name`,
)
const rolesOfRealm = statement(
  'group.roles-of-realm',
  `select gr.group_id, r.name, c.client_id as client from group_role gr join role r on r.id = gr.role_id
   left join client c on c.id = r.client_id where r.realm_id = $1 order by r.name`,
)
const withRole = statement(
  'group.with-role',
  `select ${columnsOf} from group_role gr join user_group g on g.id = gr.group_id where gr.role_id = $1 order by g.name, g.id limit $2 offset $3`,
)
const ofUser = statement(
  'group.of-user',
  `select ${columnsOf} from user_group_member m join user_group g on g.id = m.group_id
   where m.user_id = $1 and coalesce(g.name_lower, lower(g.name)) like $2 escape '!' order by g.name, g.id limit $3 offset $4`,
)
const countOfUser = statement(
  'group.count-of-user',
  `select count(*) as n from user_group_member m join user_group g on g.id = m.group_id
   where m.user_id = $1 and coalesce(g.name_lower, lower(g.name)) like $2 escape '!'`,
)
const addDefault = statement(
  'group.add-realm-default',
  'insert into realm_default_group (realm_id, group_id) values ($1, $2) on conflict (realm_id, group_id) do nothing',
)
const removeDefault = statement('group.remove-realm-default', 'delete from realm_default_group where realm_id = $1 and group_id = $2')
const defaults = statement('group.realm-defaults', 'select group_id from realm_default_group where realm_id = $1')
const removeDefaults = statement('group.remove-realm-defaults', 'delete from realm_default_group where realm_id = $1')
const defaultRows = statement(
  'group.realm-default-rows',
  `select d.realm_id, ${columnsOf} from realm_default_group d join user_group g on g.id = d.group_id
   where d.realm_id in {{list $1}} order by g.name, g.id`,
)

/** A role of a group by name; `client` is the clientId of a client role. */
export interface GroupRoleRow extends Row {
  group_id: string
  name: string
  client: string | null
}

/** Stands between a name and a value, and is in neither. */
const separator = '\u001f'

export const groups = (sql: Sql) => {
  const counted = async (rows: Promise<{ n: number } | undefined>): Promise<number> => Number((await rows)?.n ?? 0)
  return {
    listOfRealm: (realmId: string) => sql.all<GroupRow>(listOfRealm, realmId),
    find: (realmId: string, parentId: string, name: string) => sql.one<GroupRow>(find, realmId, parentId, name),
    findById: (realmId: string, id: string) => sql.one<GroupRow>(findById, realmId, id),
    /** By the names from the top, a slash before each. */
    findByPath: (realmId: string, path: string) => sql.one<GroupRow>(findByPath, realmId, path),
    insert: (realmId: string, group: { id: string; parentId: string; name: string; doc: string }) =>
      sql.run(insert, group.id, realmId, group.parentId, group.name, group.doc, group.name.toLowerCase()),
    update: (realmId: string, group: { id: string; name: string; doc: string }) =>
      sql.run(update, realmId, group.id, group.name, group.doc, group.name.toLowerCase()),
    /** Puts a group with all below it under another, '' for the top. */
    move: (realmId: string, id: string, parentId: string) => sql.run(move, realmId, id, parentId),
    /** Removes a group with all below it. */
    removeTree: (realmId: string, id: string) => sql.run(removeTree, realmId, id),
    /** A page of what is directly below a group, '' for the top. `pattern` is one of `like` in lower case. */
    children: (realmId: string, parentId: string, pattern: string, { first, max }: RowPage) =>
      sql.all<GroupRow>(children, realmId, pattern, parentId, max, first),
    /** A page of groups at any depth. `pattern` is one of `like` in lower case. */
    search: (realmId: string, pattern: string, { first, max }: RowPage) => sql.all<GroupRow>(search, realmId, pattern, max, first),
    searchName: (realmId: string, name: string, { first, max }: RowPage) => sql.all<GroupRow>(searchName, realmId, name, max, first),
    /** Groups that have every one of these attributes. */
    searchAttributes: (realmId: string, wanted: ReadonlyMap<string, string>, { first, max }: RowPage) => {
      const pairs = Array.from(wanted, ([name, value]) => `${name}${separator}${value}`)
      return sql.all<GroupRow>(searchAttributes, realmId, JSON.stringify(pairs), pairs.length, separator, max, first)
    },
    count: (realmId: string) => counted(sql.one(count, realmId)),
    countChildren: (realmId: string, parentId: string) => counted(sql.one(countChildren, realmId, parentId)),
    countMatches: (realmId: string, pattern: string) => counted(sql.one(countMatches, realmId, pattern)),
    /** The groups and all above them, each once. */
    withAncestors: (ids: readonly string[]) => sql.all<GroupRow>(withAncestors, JSON.stringify(ids)),
    /** How many groups are directly below each; those with none are left out. */
    childCounts: (ids: readonly string[]) => sql.all<{ parent_id: string; n: number }>(childCounts, JSON.stringify(ids)),
    addRole: (groupId: string, roleId: string) => sql.run(addRole, groupId, roleId),
    rolesOf: (ids: readonly string[]) => sql.all<GroupRoleRow>(rolesOf, JSON.stringify(ids)),
    rolesOfRealm: (realmId: string) => sql.all<GroupRoleRow>(rolesOfRealm, realmId),
    /** A page of the groups that a role is mapped to. */
    withRole: (roleId: string, { first, max }: RowPage) => sql.all<GroupRow>(withRole, roleId, max, first),
    /** A page of the groups that a user is in himself. `pattern` is one of `like` in lower case. */
    ofUser: (userId: string, pattern: string, { first, max }: RowPage) => sql.all<GroupRow>(ofUser, userId, pattern, max, first),
    countOfUser: (userId: string, pattern: string) => counted(sql.one(countOfUser, userId, pattern)),
    addRealmDefault: (realmId: string, groupId: string) => sql.run(addDefault, realmId, groupId),
    removeRealmDefault: (realmId: string, groupId: string) => sql.run(removeDefault, realmId, groupId),
    removeRealmDefaults: (realmId: string) => sql.run(removeDefaults, realmId),
    realmDefaults: (realmId: string) => sql.all<{ group_id: string }>(defaults, realmId),
    /** The groups that new users of the realms join. */
    realmDefaultRows: (realmIds: readonly string[]) => sql.all<GroupRow & { realm_id: string }>(defaultRows, JSON.stringify(realmIds)),
  }
}
