import { type Row, type Sql, statement } from './sql.ts'

/** A realm's own settings: `doc` is the RealmRepresentation without clients, roles, users and so on. */
export interface RealmRow extends Row {
  id: string
  name: string
  enabled: number
  revision: number
  default_role_id: string | null
  doc: string
}

/** A realm without its settings, which are nearly all of the row. */
export interface RealmHeadRow extends Row {
  id: string
  name: string
  enabled: number
  revision: number
}

export interface RealmWithDefaultRoleRow extends RealmRow {
  role_id: string | null
  role_name: string | null
  role_doc: string | null
}

const columns = 'id, name, enabled, revision, default_role_id, doc'
const find = statement('realm.find', `select ${columns} from realm where name = $1`)
const findById = statement('realm.find-by-id', `select ${columns} from realm where id = $1`)
const heads = statement('realm.heads', 'select id, name, enabled, revision from realm order by created_order, name')
const withDefaultRoles = statement(
  'realm.with-default-roles',
  `select m.id, m.name, m.enabled, m.revision, m.default_role_id, m.doc, r.id as role_id, r.name as role_name, r.doc as role_doc
   from realm m left join role r on r.id = m.default_role_id where m.id in {{list $1}}`,
)
const names = statement('realm.names', 'select id, name from realm order by name')
const revisions = statement('realm.revisions', 'select id, revision from realm')
const insert = statement(
  'realm.insert',
  `insert into realm (id, name, enabled, revision, default_role_id, doc, created_order)
   values ($1, $2, $3, 1, null, $4, (select coalesce(max(created_order), 0) + 1 from realm))`,
)
const update = statement('realm.update', 'update realm set name = $2, enabled = $3, doc = $4, revision = revision + 1 where id = $1')
const setDefaultRole = statement('realm.set-default-role', 'update realm set default_role_id = $2 where id = $1')
const bump = statement('realm.bump', 'update realm set revision = revision + 1 where id = $1')
const remove = statement('realm.remove', 'delete from realm where id = $1')

export const realms = (sql: Sql) => ({
  find: (name: string) => sql.one<RealmRow>(find, name),
  findById: (id: string) => sql.one<RealmRow>(findById, id),
  /** All realms in the order of their creation, as the reference lists them. */
  heads: () => sql.all<RealmHeadRow>(heads),
  withDefaultRoles: (ids: readonly string[]) => sql.all<RealmWithDefaultRoleRow>(withDefaultRoles, JSON.stringify(ids)),
  names: () => sql.all<{ id: string; name: string }>(names),
  revisions: () => sql.all<{ id: string; revision: number }>(revisions),
  insert: (realm: { id: string; name: string; enabled: boolean; doc: string }) =>
    sql.run(insert, realm.id, realm.name, realm.enabled ? 1 : 0, realm.doc),
  update: (realm: { id: string; name: string; enabled: boolean; doc: string }) =>
    sql.run(update, realm.id, realm.name, realm.enabled ? 1 : 0, realm.doc),
  setDefaultRole: (id: string, roleId: string) => sql.run(setDefaultRole, id, roleId),
  /** Marks that something which a snapshot holds has changed. */
  bump: (id: string) => sql.run(bump, id),
  remove: (id: string) => sql.run(remove, id),
})
