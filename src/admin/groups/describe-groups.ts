import type { GroupRepresentation } from '../../representations/group.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
import type { Sql } from '../../storage/sql.ts'
import type { Permissions } from '../permissions.ts'

export interface GroupView {
  /** Without attributes and roles. */
  readonly brief?: boolean
  /** With the number of groups directly below. */
  readonly counted?: boolean
  /** With what somebody may do with the group. */
  readonly access?: Readonly<Record<string, boolean>> | undefined
}

/** Groups as the reference prints them, without what is below them: as many statements for one as for many, three at most. */
export async function describeGroups(sql: Sql, rows: readonly GroupRow[], view: GroupView = {}): Promise<GroupRepresentation[]> {
  const above = await groupRows(sql).withAncestors(rows.map((row) => row.id))
  return describeKnownGroups(sql, rows, above, view)
}

/** One group with its attributes and roles. */
export async function describeGroup(sql: Sql, row: GroupRow, view: GroupView = {}): Promise<GroupRepresentation> {
  const [group = {}] = await describeGroups(sql, [row], view)
  return group
}

/** As describeGroups, when all groups above have been read. */
export async function describeKnownGroups(
  sql: Sql,
  rows: readonly GroupRow[],
  above: readonly GroupRow[],
  { brief = false, counted = false, access }: GroupView,
): Promise<GroupRepresentation[]> {
  const ids = rows.map((row) => row.id)
  const [counts, roles] = await Promise.all([counted ? groupRows(sql).childCounts(ids) : [], brief ? [] : groupRows(sql).rolesOf(ids)])
  const countOf = new Map(counts.map(({ parent_id, n }) => [parent_id, Number(n)]))
  const rolesOf = Map.groupBy(roles, (role) => role.group_id)
  const pathOf = pathReader(above)
  return rows.map((row) => {
    const { description, attributes } = JSON.parse(row.doc) as GroupRepresentation
    return {
      id: row.id,
      name: row.name,
      ...(description === undefined ? {} : { description }),
      path: pathOf(row),
      ...(row.parent_id === '' ? {} : { parentId: row.parent_id }),
      ...(counted ? { subGroupCount: countOf.get(row.id) ?? 0 } : {}),
      subGroups: [],
      ...(brief ? {} : { attributes: attributes ?? {}, ...rolesByName(rolesOf.get(row.id) ?? []) }),
      ...(access === undefined ? {} : { access }),
    }
  })
}

function rolesByName(roles: readonly { name: string; client: string | null }[]): Pick<GroupRepresentation, 'realmRoles' | 'clientRoles'> {
  const clientRoles: Record<string, string[]> = {}
  for (const [client, list] of Map.groupBy(roles, (role) => role.client)) {
    if (client !== null) clientRoles[client] = list.map((role) => role.name)
  }
  return { realmRoles: roles.flatMap(({ name, client }) => (client === null ? [name] : [])), clientRoles }
}

/** Paths of groups among those that were read; each is made once. */
function pathReader(known: readonly GroupRow[]): (row: GroupRow) => string {
  const rows = new Map(known.map((row) => [row.id, row]))
  const paths = new Map<string, string>()
  return (row) => {
    // Upwards until a path is known, then down again: a tree may be deeper than the stack.
    const pending: GroupRow[] = []
    let at: GroupRow | undefined = row
    while (at !== undefined && !paths.has(at.id)) {
      pending.push(at)
      at = rows.get(at.parent_id)
    }
    let path = at === undefined ? '' : (paths.get(at.id) ?? '')
    for (const group of pending.reverse()) {
      path = `${path}/${group.name}`
      paths.set(group.id, path)
    }
    return path
  }
}

/** What a caller may do with every group of the realm. */
export function groupAccess({ has }: Permissions): Record<string, boolean> {
  const manage = has('manage-users')
  const view = has('view-users', 'manage-users')
  return { view, viewMembers: view, manageMembers: manage, manage, manageMembership: manage }
}
