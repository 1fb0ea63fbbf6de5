import { type Row, type Sql, type SqlValue, statement } from './sql.ts'

/** `doc` holds the members of the UserRepresentation that have no column: federated identities, consents and what is not acted on yet. */
export interface UserRow extends Row {
  id: string
  realm_id: string
  username: string
  email: string | null
  email_verified: number
  first_name: string | null
  last_name: string | null
  enabled: number
  created_at_ms: number
  not_before: number
  service_account_client_id: string | null
  federation_link: string | null
  doc: string
  /** Of a row that was read by a name or an id: what is kept in memory of the user is as good as these two. */
  user_revision?: number | null
  grants_revision?: number | null
}

/**
 * One line of a user's facts, by `kind`: attribute (a name, b value), role (a id, b name, c clientId), group (a id, b name, c doc, d parent),
 * required-action (a alias, n position), organization (a id, b alias, c doc), organization-group (a id, b path, c organization), organization-role (a id, b name, c clientId, d organization).
 */
export interface UserFactRow extends Row {
  kind: string
  a: string
  b: string
  c: string | null
  d: string | null
  n: number
}

const columnNames = [
  ...['id', 'realm_id', 'username', 'email', 'email_verified', 'first_name', 'last_name', 'enabled', 'created_at_ms', 'not_before'],
  ...['service_account_client_id', 'federation_link', 'doc'],
] as const
const columns = columnNames.join(', ')
const revisions = 'revision as user_revision, (select r.grants_revision from realm r where r.id = realm_id) as grants_revision'
/** The columns of a UserRow, of a table that the statement has given a name. */
export const userColumns = (table: string): string => columnNames.map((column) => `${table}.${column}`).join(', ')

const find = statement('user.find', `select ${columns}, ${revisions} from user_account where realm_id = $1 and username = $2`)
const findByEmail = statement(
  'user.find-by-email',
  `select ${columns}, ${revisions} from user_account where realm_id = $1 and email = $2 order by id limit 1`,
)
const findById = statement('user.find-by-id', `select ${columns}, ${revisions} from user_account where realm_id = $1 and id = $2`)
const findServiceAccount = statement(
  'user.find-service-account',
  `select ${columns} from user_account where service_account_client_id = $1`,
)
const page = statement('user.page', `select ${columns} from user_account where realm_id = $1 and username > $2 order by username limit $3`)
// A user who comes again under his old id must not be taken for the one who is kept in memory: his revision begins anywhere.
const insert = statement(
  'user.insert',
  `insert into user_account (id, realm_id, username, email, email_verified, first_name, last_name, first_name_lower, last_name_lower,
     enabled, created_at_ms, not_before, service_account_client_id, federation_link, doc, revision)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, {{random}})`,
)
const anybody = statement(
  'user.anybody',
  'select 1 as found from user_account where realm_id = $1 and service_account_client_id is null limit 1',
)
const remove = statement('user.remove', 'delete from user_account where realm_id = $1 and id = $2')
const addAttribute = statement('user.add-attribute', 'insert into user_attribute (user_id, name, position, value) values ($1, $2, $3, $4)')
const addRole = statement(
  'user.add-role',
  'insert into user_role (user_id, role_id) values ($1, $2) on conflict (user_id, role_id) do nothing',
)
const addGroup = statement(
  'user.add-group',
  'insert into user_group_member (user_id, group_id) values ($1, $2) on conflict (user_id, group_id) do nothing',
)
const addRequiredAction = statement(
  'user.add-required-action',
  'insert into user_required_action (user_id, position, action) values ($1, $2, $3) on conflict (user_id, action) do nothing',
)
const removeRequiredAction = statement('user.remove-required-action', 'delete from user_required_action where user_id = $1 and action = $2')
const requiredActions = statement('user.required-actions', 'select action from user_required_action where user_id = $1 order by position')
const facts = statement(
  'user.facts',
  `with recursive member (id, parent_id, name, doc, direct) as (
     select g.id, g.parent_id, g.name, cast(g.doc as text), 1 from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1
     union select p.id, p.parent_id, p.name, cast(p.doc as text), 0 from member m join user_group p on p.id = m.parent_id
   ), granted (id) as (
     select role_id from user_role where user_id = $1
     union select gr.role_id from member m join group_role gr on gr.group_id = m.id
     union select c.child_id from granted g join role_composite c on c.parent_id = g.id
   ), organization_granted (organization_id, id) as (
     select gm.organization_id, gr.role_id
       from organization_group_member gm join organization_group_role gr on gr.group_id = gm.group_id where gm.user_id = $1
     union select g.organization_id, c.child_id from organization_granted g join role_composite c on c.parent_id = g.id
   )
   select 'attribute' as kind, name as a, value as b, null as c, null as d, position as n from user_attribute where user_id = $1
   union all select 'required-action', action, '', null, null, position from user_required_action where user_id = $1
   union all select 'role', r.id, r.name, c.client_id, null, 0 from granted g join role r on r.id = g.id left join client c on c.id = r.client_id
   union all select 'group', id, name, doc, parent_id, direct from member
   union all select 'organization', o.id, o.alias, cast(o.doc as text), null, 0
     from organization_member om join organization o on o.id = om.organization_id where om.user_id = $1 and o.enabled = 1
   union all select 'organization-group', g.id, g.path, g.organization_id, null, 0
     from organization_group_member gm join organization_group g on g.id = gm.group_id where gm.user_id = $1
   union all select 'organization-role', r.id, r.name, c.client_id, og.organization_id, 0
     from organization_granted og join role r on r.id = og.id left join client c on c.id = r.client_id`,
)
const grantedRoles = statement(
  'user.granted-roles',
  `with recursive member (id, parent_id) as (
     select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1
     union select p.id, p.parent_id from member m join user_group p on p.id = m.parent_id
   ), granted (id) as (
     select role_id from user_role where user_id = $1
     union select gr.role_id from member m join group_role gr on gr.group_id = m.id
     union select c.child_id from granted g join role_composite c on c.parent_id = g.id
   )
   select r.id, r.name, c.client_id as client from granted g join role r on r.id = g.id left join client c on c.id = r.client_id`,
)

const namesOf = statement('user.names-of', 'select id, username from user_account where id in {{list $1}}')
const attributesOf = statement(
  'user.attributes-of',
  'select user_id, name, value from user_attribute where user_id in {{list $1}} order by user_id, name, position',
)
const rolesOf = statement(
  'user.roles-of',
  `select u.user_id, r.name, c.client_id as client from user_role u join role r on r.id = u.role_id
   left join client c on c.id = r.client_id where u.user_id in {{list $1}} order by r.name`,
)
const groupsOf = statement('user.groups-of', 'select user_id, group_id from user_group_member where user_id in {{list $1}}')
const requiredActionsOf = statement(
  'user.required-actions-of',
  'select user_id, action from user_required_action where user_id in {{list $1}} order by user_id, position',
)

export interface NewUser {
  readonly id: string
  readonly username: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly enabled: boolean
  readonly createdAtMs: number
  readonly notBefore: number
  readonly serviceAccountClientId: string | undefined
  readonly federationLink: string | undefined
  readonly doc: string
}

const orNull = (value: string | undefined): SqlValue => value ?? null

export const users = (sql: Sql) => ({
  /** By username, given in lower case. */
  find: (realmId: string, username: string) => sql.one<UserRow>(find, realmId, username),
  /** By e-mail, given in lower case. */
  findByEmail: (realmId: string, email: string) => sql.one<UserRow>(findByEmail, realmId, email),
  findById: (realmId: string, id: string) => sql.one<UserRow>(findById, realmId, id),
  findServiceAccount: (clientId: string) => sql.one<UserRow>(findServiceAccount, clientId),
  /** The next users in the order of their names, for exports in bounded memory. Start with ''. */
  pageAfter: (realmId: string, username: string, max: number) => sql.all<UserRow>(page, realmId, username, max),
  insert: (realmId: string, user: NewUser) =>
    sql.run(
      insert,
      user.id,
      realmId,
      user.username,
      orNull(user.email),
      user.emailVerified ? 1 : 0,
      orNull(user.firstName),
      orNull(user.lastName),
      orNull(user.firstName?.toLowerCase()),
      orNull(user.lastName?.toLowerCase()),
      user.enabled ? 1 : 0,
      user.createdAtMs,
      user.notBefore,
      orNull(user.serviceAccountClientId),
      orNull(user.federationLink),
      user.doc,
    ),
  /** Whether a realm has people; service accounts are none. */
  anybody: async (realmId: string) => (await sql.one<{ found: number }>(anybody, realmId)) !== undefined,
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  addAttribute: (userId: string, name: string, position: number, value: string) => sql.run(addAttribute, userId, name, position, value),
  addRole: (userId: string, roleId: string) => sql.run(addRole, userId, roleId),
  addGroup: (userId: string, groupId: string) => sql.run(addGroup, userId, groupId),
  addRequiredAction: (userId: string, position: number, action: string) => sql.run(addRequiredAction, userId, position, action),
  removeRequiredAction: (userId: string, action: string) => sql.run(removeRequiredAction, userId, action),
  requiredActions: (userId: string) => sql.all<{ action: string }>(requiredActions, userId),
  /** Attributes, effective roles, groups, required actions and organizations in one statement. */
  facts: (userId: string) => sql.all<UserFactRow>(facts, userId),
  /** Effective roles alone. */
  grantedRoles: (userId: string) => sql.all<{ id: string; name: string; client: string | null }>(grantedRoles, userId),
  namesOf: (ids: readonly string[]) => sql.all<{ id: string; username: string }>(namesOf, JSON.stringify(ids)),
  attributesOf: (ids: readonly string[]) => sql.all<{ user_id: string; name: string; value: string }>(attributesOf, JSON.stringify(ids)),
  rolesOf: (ids: readonly string[]) => sql.all<{ user_id: string; name: string; client: string | null }>(rolesOf, JSON.stringify(ids)),
  groupsOf: (ids: readonly string[]) => sql.all<{ user_id: string; group_id: string }>(groupsOf, JSON.stringify(ids)),
  requiredActionsOf: (ids: readonly string[]) => sql.all<{ user_id: string; action: string }>(requiredActionsOf, JSON.stringify(ids)),
})
