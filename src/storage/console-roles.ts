import { type Row, type Sql, type Statement, statement } from './sql.ts'

/** What has roles, in the words of the console's paths. */
export const roleHolders = ['users', 'groups', 'clients', 'clientScopes', 'roles'] as const

export type RoleHolder = (typeof roleHolders)[number]

/** A role with the client that has it; both null for a realm role. */
export interface HeldRoleRow extends Row {
  id: string
  name: string
  doc: string
  client_id: string | null
  client: string | null
}

/** Where a holder's own roles are written down. */
const links: Readonly<Record<RoleHolder, { readonly table: string; readonly holder: string; readonly role: string }>> = {
  users: { table: 'user_role', holder: 'user_id', role: 'role_id' },
  groups: { table: 'group_role', holder: 'group_id', role: 'role_id' },
  clients: { table: 'client_scope_mapping', holder: 'client_id', role: 'role_id' },
  clientScopes: { table: 'scope_scope_mapping', holder: 'scope_id', role: 'role_id' },
  roles: { table: 'role_composite', holder: 'parent_id', role: 'child_id' },
}

const ownRoles = (holder: RoleHolder): string =>
  `select ${links[holder].role} from ${links[holder].table} where ${links[holder].holder} = $1`

const chainOf = (start: string): string =>
  `member (id, parent_id) as (
     ${start} union select p.id, p.parent_id from member m join user_group p on p.id = m.parent_id
   ),`

const memberChains: Readonly<Partial<Record<RoleHolder, string>>> = {
  users: chainOf('select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1'),
  groups: chainOf('select id, parent_id from user_group where id = $1'),
}

const startOf = (holder: RoleHolder): string => {
  if (holder === 'roles') return 'select id from role where id = $1'
  const ofGroups = 'select gr.role_id from member m join group_role gr on gr.group_id = m.id'
  if (holder === 'groups') return ofGroups
  return holder === 'users' ? `${ownRoles(holder)} union ${ofGroups}` : ownRoles(holder)
}

/** $2 the realm. */
const effectiveOf = (holder: RoleHolder): Statement =>
  statement(
    `console-role.effective-of-${holder}`,
    `with recursive ${memberChains[holder] ?? ''} granted (id) as (
       ${startOf(holder)} union select c.child_id from granted g join role_composite c on c.parent_id = g.id
     )
     select r.id, r.name, r.doc, r.client_id, c.client_id as client from granted g join role r on r.id = g.id
     left join client c on c.id = r.client_id where r.realm_id = $2
     order by case when r.client_id is null then 0 else 1 end, c.client_id, r.name`,
  )

/** What a holder has already, in the way that counts for the console's list: roles leave out themselves alone, clients their own too. */
const excludedOf = (holder: RoleHolder): string => {
  if (holder === 'roles') return 'r.id <> $1'
  const free = `r.id not in (${ownRoles(holder)})`
  return holder === 'clients' ? `${free} and r.client_id <> $1` : free
}

/** $2 the realm, $3 a pattern, $4 and $5 the page. */
const availableOf = (holder: RoleHolder): Statement =>
  statement(
    `console-role.available-to-${holder}`,
    `select r.id, r.name, r.doc, r.client_id, c.client_id as client from role r join client c on c.id = r.client_id
     where r.realm_id = $2 and ${excludedOf(holder)}
       and (lower(r.name) like $3 escape '!' or lower(c.client_id) like $3 escape '!')
     order by c.client_id, r.name limit $4 offset $5`,
  )

const removeOf = (holder: RoleHolder): Statement =>
  statement(
    `console-role.remove-from-${holder}`,
    `delete from ${links[holder].table} where ${links[holder].holder} = $1 and ${links[holder].role} in {{list $2}}`,
  )

const byHolder = (make: (holder: RoleHolder) => Statement): Readonly<Record<RoleHolder, Statement>> => ({
  users: make('users'),
  groups: make('groups'),
  clients: make('clients'),
  clientScopes: make('clientScopes'),
  roles: make('roles'),
})

const effective = byHolder(effectiveOf)
const available = byHolder(availableOf)
const remove = byHolder(removeOf)

const composedOf = statement(
  'console-role.composed-of',
  `select r.id, r.client_id, r.container_id, r.name, r.doc from role_composite c join role r on r.id = c.child_id
   where c.parent_id = $1 order by r.name`,
)
const ofIds = statement(
  'console-role.of-ids',
  'select id, client_id, container_id, name, doc from role where realm_id = $1 and id in {{list $2}}',
)

/** A role by itself, as rights are judged. */
export interface PlainRoleRow extends Row {
  id: string
  client_id: string | null
  container_id: string
  name: string
  doc: string
}

export const consoleRoles = (sql: Sql) => ({
  /** Every role that a holder has in whatever way, realm roles first, then by client and name. */
  effective: (holder: RoleHolder, holderId: string, realmId: string) => sql.all<HeldRoleRow>(effective[holder], holderId, realmId),
  /** A page of the client roles that a holder does not have of itself, by client and name. `pattern` in lower case, for LIKE. */
  available: (holder: RoleHolder, holderId: string, realmId: string, wanted: { pattern: string; max: number; first: number }) =>
    sql.all<HeldRoleRow>(available[holder], holderId, realmId, wanted.pattern, wanted.max, wanted.first),
  remove: (holder: RoleHolder, holderId: string, roleIds: readonly string[]) => sql.run(remove[holder], holderId, JSON.stringify(roleIds)),
  /** What a role is composed of by itself. */
  composedOf: (roleId: string) => sql.all<PlainRoleRow>(composedOf, roleId),
  ofIds: (realmId: string, ids: readonly string[]) => sql.all<PlainRoleRow>(ofIds, realmId, JSON.stringify(ids)),
})
