import { containing } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the RoleRepresentation without id, name and composites. container_id: the realm's id, or the client's for client roles. */
export interface RoleRow extends Row {
  id: string
  client_id: string | null
  container_id: string
  name: string
  doc: string
}

/** A role as tokens name it; `client` is the clientId of a client role. */
export interface NamedRoleRow extends Row {
  id: string
  name: string
  client: string | null
}

/** At most `max` rows after the first `first`. */
export interface RowPage {
  readonly first: number
  readonly max: number
}

const columns = 'id, client_id, container_id, name, doc'
const find = statement('role.find', `select ${columns} from role where container_id = $1 and name = $2`)
const findById = statement('role.find-by-id', `select ${columns} from role where realm_id = $1 and id = $2`)
const findNames = statement('role.find-names', `select ${columns} from role where container_id = $1 and name in {{list $2}}`)
const findIds = statement('role.find-ids', `select ${columns} from role where realm_id = $1 and id in {{list $2}}`)
const findNamed = statement(
  'role.find-named',
  `select r.id, r.name, c.client_id as client from role r left join client c on c.id = r.client_id where r.realm_id = $1 and r.id in {{list $2}}`,
)
const listOf = statement('role.list-of', `select ${columns} from role where container_id = $1 order by name limit $2 offset $3`)
const searchOf = statement(
  'role.search-of',
  `select ${columns} from role where container_id = $1 and coalesce(search_text, lower(name)) like $2 escape '!'
   order by name limit $3 offset $4`,
)
const listOfRealm = statement('role.list-of-realm', `select ${columns} from role where realm_id = $1 order by name`)
const insert = statement(
  'role.insert',
  'insert into role (id, realm_id, client_id, container_id, name, doc, search_text) values ($1, $2, $3, $4, $5, $6, $7)',
)
const update = statement('role.update', 'update role set name = $3, doc = $4, search_text = $5 where realm_id = $1 and id = $2')
const remove = statement('role.remove', 'delete from role where realm_id = $1 and id = $2')
const addComposite = statement(
  'role.add-composite',
  'insert into role_composite (parent_id, child_id) values ($1, $2) on conflict (parent_id, child_id) do nothing',
)
const addComposites = statement(
  'role.add-composites',
  `insert into role_composite (parent_id, child_id) select $1, value from {{list $2}} as given where true
   on conflict (parent_id, child_id) do nothing`,
)
const removeComposites = statement('role.remove-composites', 'delete from role_composite where parent_id = $1 and child_id in {{list $2}}')
const compositesPage = statement(
  'role.composites-page',
  `select r.id, r.client_id, r.container_id, r.name, r.doc from role_composite c join role r on r.id = c.child_id
   where c.parent_id = $1 and coalesce(r.search_text, lower(r.name)) like $2 escape '!' order by r.name, r.id limit $3 offset $4`,
)
const compositesIn = statement(
  'role.composites-in',
  `select r.id, r.client_id, r.container_id, r.name, r.doc from role_composite c join role r on r.id = c.child_id
   where c.parent_id = $1 and r.container_id = $2 order by r.name`,
)
const parents = statement('role.composite-parents', 'select distinct parent_id from role_composite where parent_id in {{list $1}}')
const compositesOfRealm = statement(
  'role.composites-of-realm',
  `select m.parent_id, r.name, c.client_id as client from role_composite m join role p on p.id = m.parent_id
   join role r on r.id = m.child_id left join client c on c.id = r.client_id where p.realm_id = $1 order by r.name`,
)

const reachable = statement(
  'role.reachable-from',
  `with recursive reached (from_id, id) as (
     select id, id from role where id in {{list $1}}
     union select p.from_id, c.child_id from reached p join role_composite c on c.parent_id = p.id
   )
   select x.from_id, r.id, r.name, c.client_id as client
   from reached x join role r on r.id = x.id left join client c on c.id = r.client_id`,
)

/** A role is found by its name and by its description. */
function searchText({ name, doc }: { readonly name: string; readonly doc: string }): string {
  const { description } = JSON.parse(doc) as { description?: unknown }
  return (typeof description === 'string' ? `${name}\n${description}` : name).toLowerCase()
}

export const roles = (sql: Sql) => ({
  /** By the id of the realm or client that has it, and name. */
  find: (containerId: string, name: string) => sql.one<RoleRow>(find, containerId, name),
  findById: (realmId: string, id: string) => sql.one<RoleRow>(findById, realmId, id),
  findNames: (containerId: string, names: readonly string[]) => sql.all<RoleRow>(findNames, containerId, JSON.stringify(names)),
  findIds: (realmId: string, ids: readonly string[]) => sql.all<RoleRow>(findIds, realmId, JSON.stringify(ids)),
  findNamed: (realmId: string, ids: readonly string[]) => sql.all<NamedRoleRow>(findNamed, realmId, JSON.stringify(ids)),
  listOf: (containerId: string, max: number, first: number) => sql.all<RoleRow>(listOf, containerId, max, first),
  /** A page of the roles of a container whose name or description holds a text, in whatever case. */
  searchOf: (containerId: string, text: string, { first, max }: RowPage) =>
    sql.all<RoleRow>(searchOf, containerId, containing(text), max, first),
  listOfRealm: (realmId: string) => sql.all<RoleRow>(listOfRealm, realmId),
  insert: (realmId: string, role: { id: string; clientId: string | null; name: string; doc: string }) =>
    sql.run(insert, role.id, realmId, role.clientId, role.clientId ?? realmId, role.name, role.doc, searchText(role)),
  update: (realmId: string, role: { id: string; name: string; doc: string }) =>
    sql.run(update, realmId, role.id, role.name, role.doc, searchText(role)),
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  addComposite: (parentId: string, childId: string) => sql.run(addComposite, parentId, childId),
  addComposites: (parentId: string, childIds: readonly string[]) => sql.run(addComposites, parentId, JSON.stringify(childIds)),
  removeComposites: (parentId: string, childIds: readonly string[]) => sql.run(removeComposites, parentId, JSON.stringify(childIds)),
  /** A page of what a role is composed of, of the realm and of clients; '' for all of them. */
  compositesPage: (parentId: string, text: string, { first, max }: RowPage) =>
    sql.all<RoleRow>(compositesPage, parentId, containing(text), max, first),
  /** Of what a role is composed, the roles of one realm or client. */
  compositesIn: (parentId: string, containerId: string) => sql.all<RoleRow>(compositesIn, parentId, containerId),
  /** Which of the given roles are composite. */
  compositeParents: (ids: readonly string[]) => sql.all<{ parent_id: string }>(parents, JSON.stringify(ids)),
  /** The roles and everything that each of them is composed of. */
  reachableFrom: (ids: readonly string[]) => sql.all<NamedRoleRow & { from_id: string }>(reachable, JSON.stringify(ids)),
  compositesOfRealm: (realmId: string) => sql.all<{ parent_id: string; name: string; client: string | null }>(compositesOfRealm, realmId),
})
