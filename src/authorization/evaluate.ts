import { authorizationScopes } from '../storage/authorization-scopes.ts'
import type { Sql } from '../storage/sql.ts'
import { type Decision, decideAll, type WantedPermission } from './decide.ts'
import type { ContextAttributes, Identity } from './identity.ts'
import { loadPolicies } from './load-policies.ts'
import { namesFor } from './policies.ts'
import type { ResourceServer } from './resource-server.ts'

/** What somebody may do: the JSON of a permission in tokens. */
export interface Permission {
  readonly scopes?: readonly string[]
  readonly rsid?: string
  readonly rsname?: string
  readonly claims?: Readonly<Record<string, readonly string[]>>
}

export interface EvaluationParts {
  readonly sql: Sql
  readonly realmId: string
  readonly server: ResourceServer
  readonly now: Date
}

/** Decides on what is wanted. A fixed number of statements, however much it is. */
export async function evaluate(
  { sql, realmId, server, now }: EvaluationParts,
  identity: Identity,
  context: ContextAttributes,
  wanted: readonly WantedPermission[],
): Promise<Decision[]> {
  const policies = await loadPolicies(sql, server, wanted)
  const names = await namesFor(sql, realmId, policies.all)
  return decideAll({ server, identity, context, names, now }, wanted, policies)
}

/** The granted ones as tokens have them. One statement. */
export async function grantedPermissions(
  sql: Sql,
  server: ResourceServer,
  decisions: readonly Decision[],
  { resourceNames, claims }: { resourceNames: boolean; claims?: Readonly<Record<string, readonly string[]>> | undefined },
): Promise<Permission[]> {
  const granted = decisions.filter((decision) => decision.granted)
  const scopeIds = new Set(granted.flatMap((decision) => decision.scopeIds))
  const rows = scopeIds.size === 0 ? [] : await authorizationScopes(sql).named(server.id, [...scopeIds])
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]))
  return granted.map(({ permission: { resource }, scopeIds: ids }) => {
    const scopes = ids.flatMap((id) => nameOf.get(id) ?? [])
    return {
      ...(scopes.length === 0 ? {} : { scopes }),
      ...(claims === undefined || Object.keys(claims).length === 0 ? {} : { claims }),
      ...(resource === undefined ? {} : { rsid: resource.id, ...(resourceNames ? { rsname: resource.name } : {}) }),
    }
  })
}
