import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the ClientRepresentation without its scope lists, which are links. */
export interface ClientRow extends Row {
  id: string
  client_id: string
  doc: string
}

/** One scope of a client, by default or on request. */
export interface ScopeLinkRow extends Row {
  scope_id: string
  is_default: number
}

const columns = 'id, client_id, doc'
const find = statement('client.find', `select ${columns} from client where realm_id = $1 and client_id = $2`)
const findById = statement('client.find-by-id', `select ${columns} from client where realm_id = $1 and id = $2`)
const list = statement('client.list', `select ${columns} from client where realm_id = $1 order by client_id limit $2 offset $3`)
const count = statement('client.count', 'select count(*) as n from client where realm_id = $1')
const listAll = statement('client.list-all', `select ${columns} from client where realm_id = $1 order by client_id`)
const search = statement(
  'client.search',
  `select ${columns} from client where realm_id = $1 and lower(client_id) like $2 escape '!' order by client_id limit $3 offset $4`,
)
const namesOf = statement('client.names-of', 'select id, client_id from client where realm_id = $1 and id in {{list $2}}')
const findMany = statement('client.find-many', `select ${columns} from client where realm_id = $1 and id in {{list $2}} order by client_id`)
// The condition is that of the index, word for word.
const alwaysDisplayed = statement(
  'client.always-displayed',
  `select ${columns} from client where realm_id = $1 and cast(doc ->> 'alwaysDisplayInConsole' as text) in ('true', '1')
   order by client_id limit $2`,
)
// A true of the JSON comes out as 'true' on one engine and as 1 on the other.
const firstServiceAccount = statement(
  'client.first-service-account',
  `select c.client_id from client c join user_account u on u.service_account_client_id = c.id
   where c.realm_id = $1 and c.doc ->> 'clientAuthenticatorType' = 'client-secret' and c.doc ->> 'secret' is not null
     and cast(c.doc ->> 'enabled' as text) in ('true', '1')
   order by c.client_id limit 1`,
)
const withAdminUrl = statement(
  'client.with-admin-url',
  `select ${columns} from client where realm_id = $1 and doc ->> 'adminUrl' is not null and doc ->> 'adminUrl' <> '' order by client_id`,
)
const insert = statement('client.insert', 'insert into client (id, realm_id, client_id, doc) values ($1, $2, $3, $4)')
const update = statement('client.update', 'update client set client_id = $3, doc = $4 where realm_id = $1 and id = $2')
const remove = statement('client.remove', 'delete from client where realm_id = $1 and id = $2')

const links = statement('client.scope-links', 'select scope_id, is_default from client_scope_client where client_id = $1 order by position')
const linksOf = statement(
  'client.scope-links-of',
  `select l.client_id, l.scope_id, s.name, l.is_default from client_scope_client l join client_scope s on s.id = l.scope_id
   where l.client_id in {{list $1}} order by l.position, s.name`,
)
const linksOfRealm = statement(
  'client.scope-links-of-realm',
  `select l.client_id, s.name, l.is_default from client_scope_client l join client_scope s on s.id = l.scope_id
   where s.realm_id = $1 order by l.position`,
)
const link = statement(
  'client.link-scope',
  `insert into client_scope_client (client_id, scope_id, is_default, position) values ($1, $2, $3, $4)
   on conflict (client_id, scope_id) do update set is_default = excluded.is_default`,
)
const addScope = statement(
  'client.add-scope',
  `insert into client_scope_client (client_id, scope_id, is_default, position)
   values ($1, $2, $3, (select coalesce(max(position), -1) + 1 from client_scope_client where client_id = $1))
   on conflict (client_id, scope_id) do nothing`,
)
const unlink = statement('client.unlink-scope', 'delete from client_scope_client where client_id = $1 and scope_id = $2')

const mapScope = statement(
  'client.map-scope',
  'insert into client_scope_mapping (client_id, role_id) values ($1, $2) on conflict (client_id, role_id) do nothing',
)
const mappingsOfRealm = statement(
  'client.scope-mappings-of-realm',
  `select c.client_id as holder, r.name as role, rc.client_id as container
   from client_scope_mapping m join client c on c.id = m.client_id join role r on r.id = m.role_id
   left join client rc on rc.id = r.client_id where c.realm_id = $1 order by c.client_id, r.name`,
)
const reachable = statement(
  'client.reachable-roles',
  `with recursive reached (id) as (
     select id from role where client_id = $1
     union select role_id from client_scope_mapping where client_id = $1
     union select c.child_id from reached p join role_composite c on c.parent_id = p.id
   ) select id from reached`,
)

export interface ScopeNameRow extends Row {
  client_id: string
  name: string
  is_default: number
}

export interface ClientScopeLinkRow extends ScopeNameRow {
  scope_id: string
}

/** A role that a client or a client scope may show in tokens. `container` is the clientId of a client role's client. */
export interface ScopeMappingRow extends Row {
  holder: string
  role: string
  container: string | null
}

export const clients = (sql: Sql) => ({
  find: (realmId: string, clientId: string) => sql.one<ClientRow>(find, realmId, clientId),
  findById: (realmId: string, id: string) => sql.one<ClientRow>(findById, realmId, id),
  list: (realmId: string, max: number, first: number) => sql.all<ClientRow>(list, realmId, max, first),
  count: async (realmId: string): Promise<number> => (await sql.one<{ n: number }>(count, realmId))?.n ?? 0,
  /** The first client that gets a token of its own with a secret. */
  firstServiceAccount: (realmId: string) => sql.one<{ client_id: string }>(firstServiceAccount, realmId),
  /** clientIds of several clients in one statement. */
  namesOf: (realmId: string, ids: readonly string[]) => sql.all<{ id: string; client_id: string }>(namesOf, realmId, JSON.stringify(ids)),
  /** Several clients in one statement, by their internal ids. */
  findMany: (realmId: string, ids: readonly string[]) => sql.all<ClientRow>(findMany, realmId, JSON.stringify(ids)),
  /** Clients that everybody sees among his applications. */
  alwaysDisplayed: (realmId: string, max: number) => sql.all<ClientRow>(alwaysDisplayed, realmId, max),
  /** Clients that have an address for messages about revoked tokens. */
  withAdminUrl: (realmId: string) => sql.all<ClientRow>(withAdminUrl, realmId),
  listAll: (realmId: string) => sql.all<ClientRow>(listAll, realmId),
  /** Clients whose clientId contains the text, case-insensitively. */
  search: (realmId: string, pattern: string, max: number, first: number) => sql.all<ClientRow>(search, realmId, pattern, max, first),
  insert: (realmId: string, client: { id: string; clientId: string; doc: string }) =>
    sql.run(insert, client.id, realmId, client.clientId, client.doc),
  update: (realmId: string, client: { id: string; clientId: string; doc: string }) =>
    sql.run(update, realmId, client.id, client.clientId, client.doc),
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  scopeLinks: (clientId: string) => sql.all<ScopeLinkRow>(links, clientId),
  /** Scopes of several clients in one statement, those of other protocols too. */
  scopeNames: (ids: readonly string[]) => sql.all<ClientScopeLinkRow>(linksOf, JSON.stringify(ids)),
  scopeNamesOfRealm: (realmId: string) => sql.all<ScopeNameRow>(linksOfRealm, realmId),
  linkScope: (clientId: string, scopeId: string, isDefault: boolean, position: number) =>
    sql.run(link, clientId, scopeId, isDefault ? 1 : 0, position),
  /** Gives a client a scope after its others. A scope that it has in either way stays as it is. */
  addScope: (clientId: string, scopeId: string, isDefault: boolean) => sql.run(addScope, clientId, scopeId, isDefault ? 1 : 0),
  unlinkScope: (clientId: string, scopeId: string) => sql.run(unlink, clientId, scopeId),
  mapScope: (clientId: string, roleId: string) => sql.run(mapScope, clientId, roleId),
  scopeMappingsOfRealm: (realmId: string) => sql.all<ScopeMappingRow>(mappingsOfRealm, realmId),
  /** Ids of the client's own roles and scope mappings with all composites. */
  reachableRoles: (id: string) => sql.all<{ id: string }>(reachable, id),
})
