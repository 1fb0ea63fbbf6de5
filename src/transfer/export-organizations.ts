import { describeOrganization } from '../organizations/organizations.ts'
import type { GroupRepresentation } from '../representations/group.ts'
import type { MemberRepresentation, OrganizationRepresentation } from '../representations/organization.ts'
import { type OrganizationGroupRow, organizationGroups } from '../storage/organization-groups.ts'
import { organizationMembers } from '../storage/organization-members.ts'
import { organizationProviders } from '../storage/organization-providers.ts'
import { type OrganizationRow, organizations } from '../storage/organizations.ts'
import type { Sql } from '../storage/sql.ts'
import { namedRoles } from './named-roles.ts'

/** Organizations read at a time. */
const pageSize = 500

/** All organizations of a realm by name, with members by username: six statements for a page, whatever it holds. Members name groups by id. */
export async function exportOrganizations(sql: Sql, realmId: string): Promise<OrganizationRepresentation[]> {
  const all: OrganizationRepresentation[] = []
  for (let after = ''; ; ) {
    const rows = await organizations(sql).pageAfter(realmId, after, pageSize)
    const last = rows.at(-1)
    if (last === undefined) return all
    after = last.name
    all.push(...(await describe(sql, realmId, rows)))
  }
}

async function describe(sql: Sql, realmId: string, rows: readonly OrganizationRow[]): Promise<OrganizationRepresentation[]> {
  const ids = rows.map(({ id }) => id)
  const groupRows = await organizationGroups(sql).ofOrganizations(ids)
  const roles = Map.groupBy(await organizationGroups(sql).rolesOf(groupRows.map(({ id }) => id)), (role) => role.group_id)
  const groups = Map.groupBy(groupRows, (group) => group.organization_id)
  const members = Map.groupBy(await organizationMembers(sql).namesOf(ids), (member) => member.organization_id)
  const joined = Map.groupBy(await organizationGroups(sql).memberNamesOf(ids), (row) => `${row.organization_id} ${row.username}`)
  const providers = Map.groupBy(await organizationProviders(sql).ofMany(realmId, ids), organizationIdOf)
  return rows.map((row) => {
    const memberList = (members.get(row.id) ?? []).map(({ username, managed }): MemberRepresentation => {
      const own = (joined.get(`${row.id} ${username}`) ?? []).map(({ group_id }) => group_id)
      return { username, membershipType: managed === 1 ? 'MANAGED' : 'UNMANAGED', ...(own.length === 0 ? {} : { groups: own }) }
    })
    const providerList = (providers.get(row.id) ?? []).map(({ alias }) => ({ alias }))
    const tree = groupTree(groups.get(row.id) ?? [], roles)
    return {
      ...describeOrganization(row, { brief: false }),
      ...(memberList.length === 0 ? {} : { members: memberList }),
      ...(providerList.length === 0 ? {} : { identityProviders: providerList }),
      ...(tree.length === 0 ? {} : { groups: tree }),
    }
  })
}

const organizationIdOf = ({ doc }: { readonly doc: string }): string =>
  (JSON.parse(doc) as { organizationId?: string }).organizationId ?? ''

function groupTree(
  rows: readonly OrganizationGroupRow[],
  roles: ReadonlyMap<string, readonly { readonly name: string; readonly client: string | null }[]>,
): GroupRepresentation[] {
  const children = Map.groupBy(rows, (row) => row.parent_id)
  const build = (parentId: string): GroupRepresentation[] =>
    (children.get(parentId) ?? []).map((row) => {
      const { realm: realmRoles = [], client: clientRoles = {} } = namedRoles(roles.get(row.id) ?? [])
      const { description, attributes = {} } = JSON.parse(row.doc) as GroupRepresentation
      const described = description === undefined ? {} : { description }
      return { id: row.id, name: row.name, ...described, path: row.path, attributes, realmRoles, clientRoles, subGroups: build(row.id) }
    })
  return build('')
}
