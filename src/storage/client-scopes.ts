import type { ScopeMappingRow } from './clients.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the ClientScopeRepresentation. */
export interface ClientScopeRow extends Row {
  id: string
  name: string
  doc: string
}

const list = statement('client-scope.list', 'select id, name, doc from client_scope where realm_id = $1 order by name')
const findById = statement('client-scope.find-by-id', 'select id, name, doc from client_scope where realm_id = $1 and id = $2')
const insert = statement('client-scope.insert', 'insert into client_scope (id, realm_id, name, doc) values ($1, $2, $3, $4)')
const update = statement('client-scope.update', 'update client_scope set name = $3, doc = $4 where realm_id = $1 and id = $2')
const remove = statement('client-scope.remove', 'delete from client_scope where realm_id = $1 and id = $2')
const defaults = statement(
  'client-scope.realm-defaults',
  'select scope_id, is_default from realm_default_scope where realm_id = $1 order by position',
)
const setDefault = statement(
  'client-scope.set-realm-default',
  `insert into realm_default_scope (realm_id, scope_id, is_default, position) values ($1, $2, $3, $4)
   on conflict (realm_id, scope_id) do update set is_default = excluded.is_default`,
)
const defaultsNamed = statement(
  'client-scope.realm-defaults-named',
  `select s.id, s.name, s.doc from realm_default_scope d join client_scope s on s.id = d.scope_id
   where d.realm_id = $1 and d.is_default = $2 order by d.position, s.name`,
)
const addDefault = statement(
  'client-scope.add-realm-default',
  `insert into realm_default_scope (realm_id, scope_id, is_default, position)
   values ($1, $2, $3, (select coalesce(max(position), -1) + 1 from realm_default_scope where realm_id = $1))`,
)
const unsetDefault = statement('client-scope.unset-realm-default', 'delete from realm_default_scope where realm_id = $1 and scope_id = $2')
const mapRole = statement(
  'client-scope.map-role',
  'insert into scope_scope_mapping (scope_id, role_id) values ($1, $2) on conflict (scope_id, role_id) do nothing',
)
const reachable = statement(
  'client-scope.reachable-roles',
  `with recursive reached (scope_id, id, direct) as (
     select m.scope_id, m.role_id, 1 from scope_scope_mapping m join client_scope s on s.id = m.scope_id where s.realm_id = $1
     union select p.scope_id, c.child_id, 0 from reached p join role_composite c on c.parent_id = p.id
   ) select scope_id, id, direct from reached`,
)
const mappingsOfRealm = statement(
  'client-scope.scope-mappings-of-realm',
  `select s.name as holder, r.name as role, rc.client_id as container
   from scope_scope_mapping m join client_scope s on s.id = m.scope_id join role r on r.id = m.role_id
   left join client rc on rc.id = r.client_id where s.realm_id = $1 order by s.name, r.name`,
)

export const clientScopes = (sql: Sql) => ({
  list: (realmId: string) => sql.all<ClientScopeRow>(list, realmId),
  findById: (realmId: string, id: string) => sql.one<ClientScopeRow>(findById, realmId, id),
  insert: (realmId: string, scope: { id: string; name: string; doc: string }) => sql.run(insert, scope.id, realmId, scope.name, scope.doc),
  update: (realmId: string, scope: { id: string; name: string; doc: string }) => sql.run(update, realmId, scope.id, scope.name, scope.doc),
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  /** The scopes that a new client of the realm gets. */
  realmDefaults: (realmId: string) => sql.all<{ scope_id: string; is_default: number }>(defaults, realmId),
  setRealmDefault: (realmId: string, scopeId: string, isDefault: boolean, position: number) =>
    sql.run(setDefault, realmId, scopeId, isDefault ? 1 : 0, position),
  /** The scopes of one of the realm's two lists. */
  realmDefaultsNamed: (realmId: string, isDefault: boolean) => sql.all<ClientScopeRow>(defaultsNamed, realmId, isDefault ? 1 : 0),
  /** Throws UniqueViolation when the scope is on one of the two lists already. */
  addRealmDefault: (realmId: string, scopeId: string, isDefault: boolean) => sql.run(addDefault, realmId, scopeId, isDefault ? 1 : 0),
  unsetRealmDefault: (realmId: string, scopeId: string) => sql.run(unsetDefault, realmId, scopeId),
  mapRole: (scopeId: string, roleId: string) => sql.run(mapRole, scopeId, roleId),
  /** Every role that a scope of the realm may show; direct = 1 for those mapped, 0 for those reached through composites. */
  reachableRoles: (realmId: string) => sql.all<{ scope_id: string; id: string; direct: number }>(reachable, realmId),
  scopeMappingsOfRealm: (realmId: string) => sql.all<ScopeMappingRow>(mappingsOfRealm, realmId),
})
