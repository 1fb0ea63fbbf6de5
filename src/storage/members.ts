import type { RowPage } from './roles.ts'
import { type Sql, type Statement, statement } from './sql.ts'
import type { UserRow } from './users.ts'

/** Members up to which a page is sorted out of all of them; with more the realm's users are walked by name until the page is full. */
const sortedMax = 5_000

interface MemberStatements {
  readonly some: Statement
  readonly sorted: Statement
  readonly walked: Statement
}

function members(name: string, table: string, column: string): MemberStatements {
  const columns = `u.id, u.realm_id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.enabled, u.created_at_ms, u.not_before,
     u.service_account_client_id, u.federation_link, u.doc`
  return {
    some: statement(`${name}.members-counted`, `select count(*) as n from (select 1 from ${table} where ${column} = $1 limit $2) as few`),
    sorted: statement(
      `${name}.members-sorted`,
      `select ${columns} from ${table} m join user_account u on u.id = m.user_id
       where m.${column} = $1 and u.realm_id = $2 order by u.username limit $3 offset $4`,
    ),
    walked: statement(
      `${name}.members-walked`,
      `select ${columns} from user_account u
       where u.realm_id = $2 and exists (select 1 from ${table} m where m.${column} = $1 and m.user_id = u.id)
       order by u.username limit $3 offset $4`,
    ),
  }
}

const kinds = { role: members('role', 'user_role', 'role_id'), group: members('group', 'user_group_member', 'group_id') } as const

/**
 * A page of the users to whom a role is mapped, or who are in a group themselves, by their names: two statements. A role may have
 * 100,000 of them: to sort so many for each page would take longer than to look for the next hundred by name.
 */
export async function membersPage(
  sql: Sql,
  kind: keyof typeof kinds,
  { id, realmId }: { readonly id: string; readonly realmId: string },
  { first, max }: RowPage,
): Promise<UserRow[]> {
  const { some, sorted, walked } = kinds[kind]
  const counted = await sql.one<{ n: number }>(some, id, sortedMax + 1)
  return sql.all<UserRow>(Number(counted?.n ?? 0) > sortedMax ? walked : sorted, id, realmId, max, first)
}
