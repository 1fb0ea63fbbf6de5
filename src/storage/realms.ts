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

const columns = 'id, name, enabled, revision, default_role_id, doc'
const find = statement('realm.find', `select ${columns} from realm where name = $1`)
const findById = statement('realm.find-by-id', `select ${columns} from realm where id = $1`)
const list = statement('realm.list', `select ${columns} from realm order by created_order, name`)
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
  list: () => sql.all<RealmRow>(list),
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
