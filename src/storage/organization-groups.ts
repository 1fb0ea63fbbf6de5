import { attributeDigest, attributeDigests } from './attribute-digests.ts'
import { containingIfAny } from './like.ts'
import type { MemberRow } from './organization-members.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `doc` holds the GroupRepresentation's description and attributes. parent_id is '' at the top. */
export interface OrganizationGroupRow extends Row {
  id: string
  organization_id: string
  parent_id: string
  name: string
  path: string
  doc: string
}

/** How groups are looked for. `text` finds them at any depth, attributes and nothing at the top. */
export interface GroupSearch {
  readonly text?: string | undefined
  readonly exact?: boolean | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
}

interface Page {
  readonly max: number
  readonly first: number
}

const columns = 'g.id, g.organization_id, g.parent_id, g.name, g.path, g.doc'
const find = statement('organization-group.find', `select ${columns} from organization_group g where g.id = $1`)
const ofRealm = statement('organization-group.of-realm', 'select 1 as n from organization_group where realm_id = $1 and id = $2')
const byPath = statement(
  'organization-group.by-path',
  `select ${columns} from organization_group g where g.organization_id = $1 and g.path = $2 order by g.id limit 1`,
)
const sibling = statement(
  'organization-group.sibling',
  'select id from organization_group where organization_id = $1 and parent_id = $2 and name = $3 and id <> $4',
)
const children = statement(
  'organization-group.children',
  `select ${columns} from organization_group g where g.organization_id = $1 and g.parent_id = $2
     and ($3 = '' or g.name_lower like $3 escape '!') and ($4 = '' or g.name = $4) order by g.name limit $5 offset $6`,
)
const search = statement(
  'organization-group.search',
  `select ${columns} from organization_group g where g.organization_id = $1
     and ($2 = '' or g.name_lower like $2 escape '!') and ($3 = '' or g.name = $3) order by g.name, g.path limit $4 offset $5`,
)
const byAttributes = statement(
  'organization-group.by-attributes',
  `select ${columns} from organization_group g where g.organization_id = $1
     and (select count(*) from organization_group_attribute a where a.group_id = g.id and a.digest in {{list $2}}) = $3
   order by g.name, g.path limit $4 offset $5`,
)
const childCounts = statement(
  'organization-group.child-counts',
  'select parent_id, count(*) as n from organization_group where parent_id in {{list $1}} group by parent_id',
)
const ofOrganizations = statement(
  'organization-group.of-organizations',
  `select ${columns} from organization_group g where g.organization_id in {{list $1}} order by g.path`,
)
const insert = statement(
  'organization-group.insert',
  `insert into organization_group (id, organization_id, parent_id, name, name_lower, path, doc, realm_id)
   select $1, o.id, $3, $4, $5, $6, $7, o.realm_id from organization o where o.id = $2`,
)
const update = statement(
  'organization-group.update',
  'update organization_group set parent_id = $2, name = $3, name_lower = $4, doc = $5 where id = $1',
)
const setPaths = statement(
  'organization-group.set-paths',
  `with recursive tree (id, path) as (
     select id, cast($2 as text) {{bytes}} from organization_group where id = $1
     union all select g.id, t.path || '/' || g.name from tree t join organization_group g on g.parent_id = t.id
   )
   update organization_group set path = (select t.path from tree t where t.id = organization_group.id) where id in (select id from tree)`,
)
const below = statement(
  'organization-group.is-below',
  `with recursive ancestor (id, parent_id) as (
     select id, parent_id from organization_group where id = $1
     union select g.id, g.parent_id from ancestor a join organization_group g on g.id = a.parent_id
   )
   select 1 as n from ancestor where id = $2`,
)
const remove = statement(
  'organization-group.remove',
  `with recursive tree (id) as (
     select id from organization_group where id = $1
     union select g.id from tree t join organization_group g on g.parent_id = t.id
   )
   delete from organization_group where id in (select id from tree)`,
)
const removeAttributes = statement('organization-group.remove-attributes', 'delete from organization_group_attribute where group_id = $1')
const addAttributes = statement(
  'organization-group.add-attributes',
  'insert into organization_group_attribute (group_id, digest) select $1, value from {{list $2}} as given',
)
const join = statement(
  'organization-group.join',
  `insert into organization_group_member (group_id, organization_id, user_id) values ($1, $2, $3) on conflict (group_id, user_id) do nothing`,
)
const leave = statement('organization-group.leave', 'delete from organization_group_member where group_id = $1 and user_id = $2')
const members = statement(
  'organization-group.members',
  `select u.id, u.realm_id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.enabled, u.created_at_ms,
     u.not_before, u.service_account_client_id, u.federation_link, u.doc, m.managed
   from organization_group_member gm join organization_member m on m.organization_id = gm.organization_id and m.user_id = gm.user_id
   join user_account u on u.id = gm.user_id where gm.group_id = $1 order by m.username limit $2 offset $3`,
)
const ofMember = statement(
  'organization-group.of-member',
  `select ${columns} from organization_group_member gm join organization_group g on g.id = gm.group_id
   where gm.user_id = $1 and gm.organization_id = $2 and ($3 = '' or g.name_lower like $3 escape '!')
   order by g.name, g.path limit $4 offset $5`,
)
const memberNamesOf = statement(
  'organization-group.member-names-of',
  `select gm.group_id, m.organization_id, m.username from organization_group_member gm
   join organization_member m on m.organization_id = gm.organization_id and m.user_id = gm.user_id
   where gm.organization_id in {{list $1}} order by m.username`,
)
const addRole = statement(
  'organization-group.add-role',
  'insert into organization_group_role (group_id, role_id) values ($1, $2) on conflict (group_id, role_id) do nothing',
)
const rolesOf = statement(
  'organization-group.roles-of',
  `select gr.group_id, r.name, c.client_id as client from organization_group_role gr join role r on r.id = gr.role_id
   left join client c on c.id = r.client_id where gr.group_id in {{list $1}} order by r.name`,
)
const pieceOf = (text: string, exact: boolean): string => (exact ? '' : containingIfAny(text))
const wholeOf = (text: string, exact: boolean): string => (exact ? text : '')

export interface NewOrganizationGroup {
  readonly id: string
  readonly organizationId: string
  readonly parentId: string
  readonly name: string
  readonly path: string
  readonly doc: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

export interface GroupRoleRow extends Row {
  group_id: string
  name: string
  client: string | null
}

async function writeAttributes(sql: Sql, id: string, attributes: NewOrganizationGroup['attributes']): Promise<void> {
  await sql.run(removeAttributes, id)
  await sql.run(addAttributes, id, JSON.stringify(attributeDigests(attributes)))
}

export const organizationGroups = (sql: Sql) => ({
  find: (id: string) => sql.one<OrganizationGroupRow>(find, id),
  isOfRealm: async (realmId: string, id: string) => (await sql.one(ofRealm, realmId, id)) !== undefined,
  findByPath: (organizationId: string, path: string) => sql.one<OrganizationGroupRow>(byPath, organizationId, path),
  /** Whether another group of the name is there; '' as id for a new one. */
  hasSibling: async (organizationId: string, parentId: string, name: string, id: string) =>
    (await sql.one(sibling, organizationId, parentId, name, id)) !== undefined,
  children: (organizationId: string, parentId: string, { text = '', exact = false }: GroupSearch, page: Page) =>
    sql.all<OrganizationGroupRow>(children, organizationId, parentId, pieceOf(text, exact), wholeOf(text, exact), page.max, page.first),
  search: (organizationId: string, { text = '', exact = false }: GroupSearch, page: Page) =>
    sql.all<OrganizationGroupRow>(search, organizationId, pieceOf(text, exact), wholeOf(text, exact), page.max, page.first),
  byAttributes: (organizationId: string, attributes: Readonly<Record<string, string>>, page: Page) => {
    const digests = Object.entries(attributes).map(([name, value]) => attributeDigest(name, value))
    return sql.all<OrganizationGroupRow>(byAttributes, organizationId, JSON.stringify(digests), digests.length, page.max, page.first)
  },
  childCounts: (ids: readonly string[]) => sql.all<{ parent_id: string; n: number }>(childCounts, JSON.stringify(ids)),
  /** All groups, parents before their children. */
  ofOrganizations: (ids: readonly string[]) => sql.all<OrganizationGroupRow>(ofOrganizations, JSON.stringify(ids)),
  /** Inside a transaction. */
  insert: async (g: NewOrganizationGroup) => {
    await sql.run(insert, g.id, g.organizationId, g.parentId, g.name, g.name.toLowerCase(), g.path, g.doc)
    await sql.run(addAttributes, g.id, JSON.stringify(attributeDigests(g.attributes)))
  },
  /** Inside a transaction; the paths of what is below change with it. */
  update: async (g: NewOrganizationGroup) => {
    await sql.run(update, g.id, g.parentId, g.name, g.name.toLowerCase(), g.doc)
    await sql.run(setPaths, g.id, g.path)
    await writeAttributes(sql, g.id, g.attributes)
  },
  /** Whether a group is the other one, or somewhere below it. */
  isBelow: async (id: string, otherId: string) => (await sql.one(below, id, otherId)) !== undefined,
  /** With everything below it. */
  remove: (id: string) => sql.run(remove, id),
  /** Returns 0 when the user is in the group already. The user must be a member of the organization. */
  join: (id: string, organizationId: string, userId: string) => sql.run(join, id, organizationId, userId),
  leave: (id: string, userId: string) => sql.run(leave, id, userId),
  members: (id: string, page: Page) => sql.all<MemberRow>(members, id, page.max, page.first),
  ofMember: (organizationId: string, userId: string, text: string, page: Page) =>
    sql.all<OrganizationGroupRow>(ofMember, userId, organizationId, pieceOf(text, false), page.max, page.first),
  memberNamesOf: (organizationIds: readonly string[]) =>
    sql.all<{ group_id: string; organization_id: string; username: string }>(memberNamesOf, JSON.stringify(organizationIds)),
  addRole: (id: string, roleId: string) => sql.run(addRole, id, roleId),
  rolesOf: (ids: readonly string[]) => sql.all<GroupRoleRow>(rolesOf, JSON.stringify(ids)),
})
