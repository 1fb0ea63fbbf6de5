import { authorizationPolicies, type BoundPolicyRow, type PolicyRow } from '../storage/authorization-policies.ts'
import type { Sql } from '../storage/sql.ts'
import type { Policy, Speakers, WantedPermission } from './decide.ts'
import { configOf } from './policies.ts'
import type { DecisionStrategy, ResourceServer } from './resource-server.ts'

/** Policies that have a say in some permissions. */
export interface LoadedPolicies extends Speakers {
  /** All of them, those inside of others too. */
  readonly all: readonly Policy[]
}

/** Reads everything that has a say: eight statements, however many permissions there are. */
export async function loadPolicies(sql: Sql, server: ResourceServer, wanted: readonly WantedPermission[]): Promise<LoadedPolicies> {
  const asked = wanted.filter(({ granted }) => !granted)
  if (server.policyEnforcementMode === 'DISABLED' || asked.length === 0) return { all: [], of: () => [] }
  const resources = asked.flatMap(({ resource }) => resource ?? [])
  const types = distinct(resources.flatMap(({ type }) => type ?? []))
  const inherited = distinct(resources.flatMap(({ type, ownerId }) => (type === undefined || ownerId === server.id ? [] : [type])))
  const stored = authorizationPolicies(sql)
  const [ofResource, ofType, ofTyped, ofScope] = [
    await stored.ofResources(distinct(resources.map(({ id }) => id))),
    types.length === 0 ? [] : await stored.ofTypes(server.id, types),
    inherited.length === 0 ? [] : await stored.ofTypedResources(server.id, inherited),
    await stored.ofScopes(distinct(asked.flatMap(({ scopeIds }) => scopeIds))),
  ]
  const policies = await compose(sql, [...ofResource, ...ofType, ...ofTyped, ...ofScope])
  const bound = (rows: readonly BoundPolicyRow[]): ReadonlyMap<string, readonly Policy[]> =>
    new Map(
      Array.from(
        Map.groupBy(rows, (row) => row.bound),
        ([key, list]) => [key, list.flatMap(({ id }) => policies.get(id) ?? [])],
      ),
    )
  const byResource = bound(ofResource)
  const byType = bound(ofType)
  const byTyped = bound(ofTyped)
  const byScope = bound(ofScope)
  return {
    all: [...policies.values()],
    of({ resource, scopeIds }) {
      const type = resource?.type
      const inherits = resource !== undefined && type !== undefined && resource.ownerId !== server.id
      return [
        ...new Set([
          ...((resource && byResource.get(resource.id)) ?? []),
          ...((type && byType.get(type)) || []),
          ...((inherits && byTyped.get(type)) || []),
          ...scopeIds.flatMap((id) => byScope.get(id) ?? []),
        ]),
      ]
    },
  }
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]

/** The policies with everything that they are made of, by id. Four statements. */
async function compose(sql: Sql, tops: readonly PolicyRow[]): Promise<ReadonlyMap<string, Policy>> {
  if (tops.length === 0) return new Map()
  const stored = authorizationPolicies(sql)
  const topIds = distinct(tops.map(({ id }) => id))
  const rows = new Map([...tops, ...(await stored.reachable(topIds))].map((row) => [row.id, row]))
  const children = Map.groupBy(await stored.links([...rows.keys()]), ({ parent_id }) => parent_id)
  const resources = Map.groupBy(await stored.resourcesOf(topIds), ({ policy_id }) => policy_id)
  const scopes = Map.groupBy(await stored.scopesOf(topIds), ({ policy_id }) => policy_id)
  const made = new Map<string, Policy>()
  const make = (row: PolicyRow): Policy => {
    const known = made.get(row.id)
    if (known) return known
    const inside: Policy[] = []
    const policy: Policy = {
      id: row.id,
      name: row.name,
      description: row.description ?? undefined,
      type: row.type,
      logic: row.logic,
      decisionStrategy: row.decision_strategy as DecisionStrategy,
      config: configOf(row),
      ownerId: row.owner_id ?? undefined,
      children: inside,
      scopeIds: new Set((scopes.get(row.id) ?? []).map(({ id }) => id)),
      resources: resources.get(row.id) ?? [],
    }
    made.set(row.id, policy)
    for (const { child_id } of children.get(row.id) ?? []) {
      const child = rows.get(child_id)
      if (child) inside.push(make(child))
    }
    return policy
  }
  for (const row of rows.values()) make(row)
  return made
}
