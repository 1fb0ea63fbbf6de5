import type { PolicyRepresentation, ResourceServerRepresentation } from '../representations/authorization.ts'
import { authorizationPolicies, type PolicyRow } from '../storage/authorization-policies.ts'
import { authorizationResources } from '../storage/authorization-resources.ts'
import { authorizationScopes } from '../storage/authorization-scopes.ts'
import { resourceServers } from '../storage/resource-servers.ts'
import type { Sql } from '../storage/sql.ts'
import { configOf, createPolicy, namesFor, updatePolicy, writeLinks } from './policies.ts'
import { listIn } from './policy-type.ts'
import { findPolicyType } from './policy-types/index.ts'
import type { KnownNames } from './references.ts'
import { type ResourceServer, settingsOf } from './resource-server.ts'
import { describeResources } from './resources.ts'
import { createResource, invalidRequest, ownerIdOf, type ServerContext, saveScope } from './write-resources.ts'

/**
 * Everything of a resource server but what users decided, as realm files have it: names in the place of ids, in the order in which things were
 * made. A fixed number of statements.
 */
export async function exportSettings(sql: Sql, realmId: string, server: ResourceServer): Promise<ResourceServerRepresentation> {
  const rows = await authorizationResources(sql).listAll(server.id)
  const resources = await describeResources(sql, server, rows, true)
  const scopes = await authorizationScopes(sql).listAll(server.id)
  return {
    allowRemoteResourceManagement: server.allowRemoteResourceManagement,
    policyEnforcementMode: server.policyEnforcementMode,
    resources: resources.map(({ _id, owner, scopes: own = [], ...resource }) => ({
      ...resource,
      ...(owner?.id === server.id || owner?.name === undefined ? {} : { owner: { name: owner.name } }),
      scopes: own.map(({ name = '' }) => ({ name })),
    })),
    policies: await exportPolicies(sql, realmId, server),
    scopes: scopes.map(({ name, display_name, icon_uri }) => ({
      name,
      ...(icon_uri === null ? {} : { iconUri: icon_uri }),
      ...(display_name === null ? {} : { displayName: display_name }),
    })),
    decisionStrategy: server.decisionStrategy,
  }
}

/** Permissions follow the policies that they are made of. */
async function exportPolicies(sql: Sql, realmId: string, server: ResourceServer): Promise<PolicyRepresentation[]> {
  const stored = authorizationPolicies(sql)
  const rows = await stored.listAll(server.id)
  const ids = rows.map(({ id }) => id)
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]))
  const names = await namesFor(
    sql,
    realmId,
    rows.map((row) => ({ type: row.type, config: configOf(row) })),
  )
  const children = Map.groupBy(await stored.links(ids), ({ parent_id }) => parent_id)
  const resources = Map.groupBy(await stored.resourcesOf(ids), ({ policy_id }) => policy_id)
  const scopes = Map.groupBy(await stored.scopesOf(ids), ({ policy_id }) => policy_id)
  const isPermission = ({ type }: PolicyRow): boolean => type === 'resource' || type === 'scope'
  const ordered = [...rows.filter((row) => !isPermission(row)), ...rows.filter(isPermission)]
  return ordered.map((row) => ({
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    type: row.type,
    logic: row.logic === 'NEGATIVE' ? 'NEGATIVE' : 'POSITIVE',
    decisionStrategy: row.decision_strategy as NonNullable<PolicyRepresentation['decisionStrategy']>,
    config: {
      ...exportedConfig(row, names),
      ...listed(
        'resources',
        resources.get(row.id)?.map(({ name }) => name),
      ),
      ...listed(
        'scopes',
        scopes.get(row.id)?.map(({ name }) => name),
      ),
      ...listed(
        'applyPolicies',
        children.get(row.id)?.flatMap(({ child_id }) => nameOf.get(child_id) ?? []),
      ),
    },
  }))
}

function exportedConfig(row: PolicyRow, names: KnownNames): Readonly<Record<string, string>> {
  const config = configOf(row)
  return findPolicyType(row.type)?.exported?.(config, names) ?? config
}

const listed = (key: string, values: readonly string[] | undefined): Record<string, string> =>
  values === undefined || values.length === 0 ? {} : { [key]: JSON.stringify(values) }

/**
 * Adds settings to a resource server: scopes, resources and policies that are there already are changed (resources stay as they are), others
 * stay. Throws AdminError for names that do not fit together.
 */
export async function importSettings(context: ServerContext, given: ResourceServerRepresentation): Promise<void> {
  const { tx, server, realmId } = context
  await resourceServers(tx).update(server.id, settingsOf(given))
  for (const scope of given.scopes ?? []) await saveScope(context, scope)
  for (const resource of given.resources ?? []) {
    const ownerId = await ownerIdOf(tx, realmId, server, resource.owner?.id ?? resource.owner?.name)
    if (ownerId === undefined) throw invalidRequest(`Owner of resource [${resource.name ?? ''}] not found`)
    const known = await authorizationResources(tx).find(server.id, ownerId, resource.name ?? '')
    if (known === undefined) await createResource(context, resource)
  }
  const written: { id: string; policy: PolicyRepresentation }[] = []
  for (const policy of given.policies ?? []) written.push({ id: await importPolicy(context, policy), policy })
  // Links come last: a file may name policies before they are there.
  for (const { id, policy } of written) {
    const config = policy.config ?? {}
    await writeLinks(context, id, {
      policies: policy.policies ?? listGiven(config, 'applyPolicies'),
      resources: policy.resources ?? listGiven(config, 'resources'),
      scopes: policy.scopes ?? listGiven(config, 'scopes'),
    })
  }
}

const listGiven = (config: Readonly<Record<string, string>>, key: string): readonly string[] | undefined =>
  config[key] === undefined ? undefined : listIn<string>(config, key)

async function importPolicy(context: ServerContext, policy: PolicyRepresentation): Promise<string> {
  const { tx, server } = context
  const { name = '', type = '', description, logic, decisionStrategy } = policy
  if (findPolicyType(type) === undefined) throw invalidRequest(`Policy provider [${type}] does not exist`)
  const config = policy.resourceType === undefined ? (policy.config ?? {}) : { ...policy.config, defaultResourceType: policy.resourceType }
  const input = { name, description, logic, decisionStrategy, config }
  const known = await authorizationPolicies(tx).find(server.id, name)
  if (known === undefined || known.type !== type) return (await createPolicy(context, type, { ...input, id: policy.id })).id
  return (await updatePolicy(context, known, input)).id
}
