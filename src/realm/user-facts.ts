import type { OrganizationRepresentation } from '../representations/organization.ts'
import type { Sql } from '../storage/sql.ts'
import { type UserFactRow, type UserRow, users } from '../storage/users.ts'
import { boundedMap } from './bounded-map.ts'
import type { GroupFacts, OrganizationFacts, Role, UserFacts } from './model.ts'

/** The columns of a user's own row that tokens speak of. */
type OwnRow = Pick<UserRow, 'id' | 'username' | 'email' | 'email_verified' | 'first_name' | 'last_name' | 'enabled' | 'created_at_ms'> &
  Pick<UserRow, 'not_before' | 'service_account_client_id' | 'user_revision' | 'grants_revision'>

/** What a person has in other rows than his own. */
type Belongings = Pick<UserFacts, 'attributes' | 'roles' | 'groups' | 'requiredActions' | 'organizations'>

/** Loads what tokens need to know of a user: one statement beside the user's own row. */
export const loadUserFacts = async (sql: Sql, user: UserRow): Promise<UserFacts> => facts(user, await loadBelongings(sql, user.id))

const facts = (user: OwnRow, belongings: Belongings): UserFacts =>
  Object.freeze({
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
    attributes: belongings.attributes,
    roles: belongings.roles,
    groups: belongings.groups,
    requiredActions: belongings.requiredActions,
    organizations: belongings.organizations,
  })

async function loadBelongings(sql: Sql, userId: string): Promise<Belongings> {
  const rows = (await users(sql).facts(userId)).toSorted((a, b) => a.n - b.n)
  const attributes = new Map<string, string[]>()
  const roles: Role[] = []
  const groupRows: UserFactRow[] = []
  const requiredActions: string[] = []
  for (const row of rows) {
    if (row.kind === 'attribute') {
      const values = attributes.get(row.a)
      if (values) values.push(row.b)
      else attributes.set(row.a, [row.b])
    } else if (row.kind === 'role') roles.push({ id: row.a, name: row.b, clientId: row.c ?? undefined })
    else if (row.kind === 'required-action') requiredActions.push(row.a)
    else if (row.kind === 'group') groupRows.push(row)
  }
  return { attributes, roles, groups: groupFacts(groupRows), requiredActions, organizations: organizationFacts(rows) }
}

/** By alias. Most people are in none: nothing is made for them. */
function organizationFacts(rows: readonly UserFactRow[]): readonly OrganizationFacts[] {
  const organizations = rows.filter(({ kind }) => kind === 'organization')
  if (organizations.length === 0) return none
  const groups = Map.groupBy(
    rows.filter(({ kind }) => kind === 'organization-group'),
    (row) => row.c,
  )
  const roles = Map.groupBy(
    rows.filter(({ kind }) => kind === 'organization-role'),
    (row) => row.d,
  )
  return organizations
    .map(({ a: id, b: alias, c }): OrganizationFacts => {
      const { attributes = {}, domains = [] } = JSON.parse(c ?? '{}') as OrganizationRepresentation
      return {
        id,
        alias,
        attributes,
        domains: domains.flatMap(({ name }) => name ?? []),
        groupPaths: (groups.get(id) ?? []).map((group) => group.b).sort(),
        roles: (roles.get(id) ?? []).map((role) => ({ id: role.a, name: role.b, clientId: role.c ?? undefined })),
      }
    })
    .sort((a, b) => (a.alias < b.alias ? -1 : 1))
}

const none: readonly OrganizationFacts[] = []

export const knownUserLimits = {
  /** Users whose attributes, roles and groups are kept in memory, about 3 kB each with a hundred roles. */
  usersMax: 2_000,
} as const

/** Facts about users that are asked for again and again. */
export interface KnownUsers {
  /** No statement when the row brings the revisions of what is kept; a row without them is of somebody who was changed a moment ago. */
  facts(user: OwnRow): Promise<UserFacts>
}

/** Remembers users by their revisions, which the caller has read a moment ago: what is loaded after them is never older than they say. */
export function knownUsers(sql: Sql): KnownUsers {
  const known = boundedMap<string, { readonly user: number; readonly grants: number; readonly belongings: Belongings }>(
    knownUserLimits.usersMax,
  )
  return {
    async facts(user) {
      const { user_revision: revision = null, grants_revision: grants = null } = user
      if (revision === null || grants === null) return facts(user, await loadBelongings(sql, user.id))
      const before = known.get(user.id)
      if (before?.user === revision && before.grants === grants) return facts(user, before.belongings)
      const belongings = await loadBelongings(sql, user.id)
      known.set(user.id, { user: revision, grants, belongings })
      return facts(user, belongings)
    },
  }
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
