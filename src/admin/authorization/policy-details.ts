import type { ResourceServer } from '../../authorization/resource-server.ts'
import { describeResources } from '../../authorization/resources.ts'
import { authorizationPolicies } from '../../storage/authorization-policies.ts'
import { authorizationResources } from '../../storage/authorization-resources.ts'
import type { Sql } from '../../storage/sql.ts'
import type { AnyPolicy } from './policy-tables.ts'

/** Adds resources and scopes to policies, by id and as a whole (`fields=*`). A fixed number of statements. */
export async function addDetails(sql: Sql, server: ResourceServer, policies: readonly AnyPolicy[]): Promise<void> {
  const ids = policies.flatMap(({ id }) => id ?? [])
  const links = await authorizationPolicies(sql).resourcesOf(ids)
  const rows = await authorizationResources(sql).findAll(server.id, [...new Set(links.map(({ id }) => id))])
  const described = new Map((await describeResources(sql, server, rows, true)).map((resource) => [resource._id ?? '', resource]))
  const byPolicy = Map.groupBy(links, ({ policy_id }) => policy_id)
  const scopes = Map.groupBy(await authorizationPolicies(sql).scopesOf(ids), ({ policy_id }) => policy_id)
  for (const policy of policies) {
    const own = byPolicy.get(policy.id ?? '') ?? []
    const ownScopes = scopes.get(policy.id ?? '') ?? []
    policy.resources = own.map(({ id }) => id)
    policy.scopes = ownScopes.map(({ id }) => id)
    policy.resourcesData = own.flatMap(({ id }) => described.get(id) ?? [])
    policy.scopesData = ownScopes.map(({ id, name, icon_uri, display_name }) => ({
      id,
      name,
      ...(icon_uri === null ? {} : { iconUri: icon_uri }),
      ...(display_name === null ? {} : { displayName: display_name }),
    }))
  }
}
