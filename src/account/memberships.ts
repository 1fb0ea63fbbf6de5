import { json, silentJson } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import { domainsOf } from '../organizations/organizations.ts'
import type { GroupFacts } from '../realm/model.ts'
import type { OrganizationRepresentation } from '../representations/organization.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { organizations as organizationRows } from '../storage/organizations.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'

export const membershipRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path: '/groups',
    summary: 'Groups that somebody is in himself',
    roles: ['manage-account', 'view-groups'],
    handle: listGroups,
  },
  {
    method: 'GET',
    path: '/organizations',
    summary: 'Organizations that somebody is a member of',
    roles: ['manage-account', 'view-profile'],
    handle: listOrganizations,
  },
  {
    method: 'GET',
    path: '/supportedLocales',
    summary: 'Languages of the realm',
    roles: [],
    handle: async ({ realm }) => silentJson(realm.settings.supportedLocales ?? []),
  },
]

async function listGroups({ request, services, caller }: AccountContext): Promise<HttpResponse> {
  const brief = readQuery(request).get('briefRepresentation')?.toLowerCase() !== 'false'
  const own = caller.user.groups.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (brief) return json(own.map(describeGroup))
  const roles = Map.groupBy(await groupRows(services.database).rolesOf(own.map(({ id }) => id)), ({ group_id }) => group_id)
  return json(
    own.map((group) => {
      const granted = roles.get(group.id) ?? []
      const clientRoles: Record<string, string[]> = {}
      for (const [client, list] of Map.groupBy(granted, (role) => role.client))
        if (client !== null) clientRoles[client] = list.map(({ name }) => name)
      const realmRoles = granted.flatMap(({ name, client }) => (client === null ? [name] : []))
      return { ...describeGroup(group), attributes: group.attributes, realmRoles, clientRoles }
    }),
  )
}

const describeGroup = ({ id, name, path, parents }: GroupFacts): Record<string, unknown> => ({
  id,
  name,
  path,
  ...(parents[0] === undefined ? {} : { parentId: parents[0].id }),
  subGroups: [],
})

async function listOrganizations({ services, realm, caller }: AccountContext): Promise<HttpResponse> {
  if (realm.settings.organizationsEnabled !== true) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  const rows = await organizationRows(services.database).ofMember(caller.user.id)
  return silentJson(
    rows.map((row) => ({
      id: row.id,
      name: row.name,
      alias: row.alias,
      enabled: row.enabled === 1,
      description: (JSON.parse(row.doc) as OrganizationRepresentation).description,
      domains: domainsOf(row).map(({ name }) => name),
    })),
  )
}
