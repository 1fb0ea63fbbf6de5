import type { Sql } from '../storage/sql.ts'
import { type UserFactRow, type UserRow, users } from '../storage/users.ts'
import type { GroupFacts, Role, UserFacts } from './model.ts'

/** Loads what tokens need to know of a user: one statement beside the user's own row. */
export const loadUserFacts = async (sql: Sql, user: UserRow): Promise<UserFacts> => userFactsOf(user, await users(sql).facts(user.id))

/** The same from rows that are there; rows of other kinds are passed over. */
export function userFactsOf(user: UserRow, unordered: readonly UserFactRow[]): UserFacts {
  const rows = unordered.toSorted((a, b) => a.n - b.n)
  const attributes = new Map<string, string[]>()
  const roles: Role[] = []
  const groupRows: UserFactRow[] = []
  for (const row of rows) {
    if (row.kind === 'attribute') {
      const values = attributes.get(row.a)
      if (values) values.push(row.b)
      else attributes.set(row.a, [row.b])
    } else if (row.kind === 'role') roles.push({ id: row.a, name: row.b, clientId: row.c ?? undefined })
    else if (row.kind === 'group') groupRows.push(row)
  }
  return Object.freeze({
    id: user.id,
    username: user.username,
    email: user.email ?? undefined,
    emailVerified: user.email_verified === 1,
    firstName: user.first_name ?? undefined,
    lastName: user.last_name ?? undefined,
    enabled: user.enabled === 1,
    createdAtMs: user.created_at_ms,
    notBefore: user.not_before,
    serviceAccountClientId: user.service_account_client_id ?? undefined,
    attributes,
    roles,
    groups: groupFacts(groupRows),
  })
}

/** The groups a user is a direct member of; parents are rows with n = 0 unless the user is a member of them too. */
function groupFacts(rows: readonly UserFactRow[]): GroupFacts[] {
  const byId = new Map<string, UserFactRow>()
  for (const row of rows) if (!byId.has(row.a) || row.n === 1) byId.set(row.a, row)
  const made = new Map<string, GroupFacts>()
  const make = (row: UserFactRow): GroupFacts => {
    const known = made.get(row.a)
    if (known) return known
    const parentRow = row.d ? byId.get(row.d) : undefined
    const parent = parentRow ? make(parentRow) : undefined
    const doc = JSON.parse(row.c ?? '{}') as { attributes?: Record<string, string[]> }
    const facts: GroupFacts = {
      id: row.a,
      name: row.b,
      path: `${parent?.path ?? ''}/${row.b}`,
      attributes: doc.attributes ?? {},
      parents: parent ? [parent, ...parent.parents] : [],
    }
    made.set(row.a, facts)
    return facts
  }
  return [...byId.values()].filter((row) => row.n === 1).map(make)
}
