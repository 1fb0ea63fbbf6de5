import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the GroupRepresentation without roles and sub-groups. parent_id is '' at the top. */
export interface GroupRow extends Row {
  id: string
  parent_id: string
  name: string
  doc: string
}

const columns = 'id, parent_id, name, doc'
const listOfRealm = statement('group.list-of-realm', `select ${columns} from user_group where realm_id = $1 order by name`)
const find = statement('group.find', `select ${columns} from user_group where realm_id = $1 and parent_id = $2 and name = $3`)
const findById = statement('group.find-by-id', `select ${columns} from user_group where realm_id = $1 and id = $2`)
const insert = statement('group.insert', 'insert into user_group (id, realm_id, parent_id, name, doc) values ($1, $2, $3, $4, $5)')
const addRole = statement(
  'group.add-role',
  'insert into group_role (group_id, role_id) values ($1, $2) on conflict (group_id, role_id) do nothing',
)
const rolesOfRealm = statement(
  'group.roles-of-realm',
  `select gr.group_id, r.name, c.client_id as client from group_role gr join role r on r.id = gr.role_id
   left join client c on c.id = r.client_id where r.realm_id = $1 order by r.name`,
)
const addDefault = statement(
  'group.add-realm-default',
  'insert into realm_default_group (realm_id, group_id) values ($1, $2) on conflict (realm_id, group_id) do nothing',
)
const defaults = statement('group.realm-defaults', 'select group_id from realm_default_group where realm_id = $1')

export const groups = (sql: Sql) => ({
  listOfRealm: (realmId: string) => sql.all<GroupRow>(listOfRealm, realmId),
  find: (realmId: string, parentId: string, name: string) => sql.one<GroupRow>(find, realmId, parentId, name),
  findById: (realmId: string, id: string) => sql.one<GroupRow>(findById, realmId, id),
  insert: (realmId: string, group: { id: string; parentId: string; name: string; doc: string }) =>
    sql.run(insert, group.id, realmId, group.parentId, group.name, group.doc),
  addRole: (groupId: string, roleId: string) => sql.run(addRole, groupId, roleId),
  rolesOfRealm: (realmId: string) => sql.all<{ group_id: string; name: string; client: string | null }>(rolesOfRealm, realmId),
  addRealmDefault: (realmId: string, groupId: string) => sql.run(addDefault, realmId, groupId),
  realmDefaults: (realmId: string) => sql.all<{ group_id: string }>(defaults, realmId),
})
