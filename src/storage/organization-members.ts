import { escapedLike } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'
import type { UserRow } from './users.ts'

export interface MemberRow extends UserRow {
  managed: number
}

/** How members are looked for: by a piece of a name, in which `*` is anything, or with `exact` by a whole one. */
export interface MemberSearch {
  readonly text?: string | undefined
  readonly exact?: boolean | undefined
  readonly managed?: boolean | undefined
}

const columns = `u.id, u.realm_id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.enabled, u.created_at_ms,
  u.not_before, u.service_account_client_id, u.federation_link, u.doc, m.managed`
const add = statement(
  'organization-member.add',
  `insert into organization_member (organization_id, user_id, realm_id, username, managed)
   select $1, u.id, u.realm_id, u.username, $4 from user_account u where u.realm_id = $2 and u.id = $3
   on conflict (organization_id, user_id) do nothing`,
)
const remove = statement('organization-member.remove', 'delete from organization_member where organization_id = $1 and user_id = $2')
const find = statement(
  'organization-member.find',
  `select ${columns} from organization_member m join user_account u on u.id = m.user_id where m.organization_id = $1 and m.user_id = $2`,
)
const count = statement('organization-member.count', 'select count(*) as n from organization_member where organization_id = $1')
/** $2: -1 for both kinds of members. */
const list = statement(
  'organization-member.list',
  `select ${columns} from organization_member m join user_account u on u.id = m.user_id
   where m.organization_id = $1 and ($2 = -1 or m.managed = $2) order by m.username limit $3 offset $4`,
)
const search = statement(
  'organization-member.search',
  `select ${columns} from organization_member m join user_account u on u.id = m.user_id
   where m.organization_id = $1 and ($2 = -1 or m.managed = $2)
     and (m.username like $3 escape '!' or u.email like $3 escape '!' or u.first_name_lower like $3 escape '!' or u.last_name_lower like $3 escape '!')
   order by m.username limit $4 offset $5`,
)
const namesOf = statement(
  'organization-member.names-of',
  `select organization_id, username, managed from organization_member where organization_id in {{list $1}} order by organization_id, username`,
)

const both = -1
const kind = (managed: boolean | undefined): number => (managed === undefined ? both : managed ? 1 : 0)

/** A pattern for names in lower case; blanks around are none of the name. */
function pattern(text: string, exact: boolean): string {
  const escaped = escapedLike(text.trim().toLowerCase())
  return exact ? escaped : `%${escaped.replaceAll('*', '%')}%`
}

export interface MemberName extends Row {
  organization_id: string
  username: string
  managed: number
}

export const organizationMembers = (sql: Sql) => ({
  /** Returns 0 when the user is a member already, or is none of the realm's. */
  add: (organizationId: string, realmId: string, userId: string, managed: boolean) =>
    sql.run(add, organizationId, realmId, userId, managed ? 1 : 0),
  /** The member leaves the groups of the organization, too. */
  remove: (organizationId: string, userId: string) => sql.run(remove, organizationId, userId),
  find: (organizationId: string, userId: string) => sql.one<MemberRow>(find, organizationId, userId),
  count: async (organizationId: string) => (await sql.one<{ n: number }>(count, organizationId))?.n ?? 0,
  /** A page of the members by their usernames. */
  list: (organizationId: string, what: MemberSearch, page: { readonly max: number; readonly first: number }) => {
    const { text = '', exact = false, managed } = what
    return text.trim() === ''
      ? sql.all<MemberRow>(list, organizationId, kind(managed), page.max, page.first)
      : sql.all<MemberRow>(search, organizationId, kind(managed), pattern(text, exact), page.max, page.first)
  },
  namesOf: (organizationIds: readonly string[]) => sql.all<MemberName>(namesOf, JSON.stringify(organizationIds)),
})
