import type { AuthorizationScopeRow } from './authorization-scopes.ts'
import { containingIfAny } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** A policy or permission. `config` is the JSON of the reference's map of texts. */
export interface PolicyRow extends Row {
  id: string
  server_id: string
  name: string
  description: string | null
  type: string
  logic: string
  decision_strategy: string
  owner_id: string | null
  resource_type: string | null
  config: string
}

const columns = 'p.id, p.server_id, p.name, p.description, p.type, p.logic, p.decision_strategy, p.owner_id, p.resource_type, p.config'
const from = `select ${columns} from authorization_policy p`
const findById = statement('authorization-policy.find-by-id', `${from} where p.server_id = $1 and p.id = $2`)
const find = statement('authorization-policy.find', `${from} where p.server_id = $1 and p.name = $2`)
const listAll = statement('authorization-policy.list-all', `${from} where p.server_id = $1 and p.owner_id is null order by p.created_order`)
const filter = `where p.server_id = $1 and ($2 = '' or p.id = $2) and ($3 = '' or p.name_lower like $3 escape '!') and ($4 = '' or p.type like $4 escape '!')
   and ($5 = '' or ($5 = 'true') = (p.type in ('resource', 'scope', 'uma')))
   and ($6 = '' or lower(p.resource_type) like $6 escape '!')
   and (($7 = '' and p.owner_id is null) or p.owner_id = $7)
   and ($8 = '[]' or exists (select 1 from authorization_policy_resource l where l.policy_id = p.id and l.resource_id in {{list $8}}))
   and ($9 = '[]' or exists (select 1 from authorization_policy_scope l where l.policy_id = p.id and l.scope_id in {{list $9}}))`
const search = statement('authorization-policy.search', `${from} ${filter} order by p.name, p.id limit $10 offset $11`)

const ofResources = statement(
  'authorization-policy.of-resources',
  `select l.resource_id as bound, ${columns} from authorization_policy_resource l join authorization_policy p on p.id = l.policy_id
   where l.resource_id in {{list $1}} order by p.created_order`,
)
const ofTypes = statement(
  'authorization-policy.of-types',
  `select p.resource_type as bound, ${columns} from authorization_policy p where p.server_id = $1 and p.resource_type in {{list $2}}
     and exists (select 1 from authorization_policy_policy a where a.parent_id = p.id) order by p.created_order`,
)
const ofTypedResources = statement(
  'authorization-policy.of-typed-resources',
  `select r.type as bound, ${columns} from authorization_resource r join authorization_policy_resource l on l.resource_id = r.id
   join authorization_policy p on p.id = l.policy_id
   where r.server_id = $1 and r.owner_id = $1 and r.type in {{list $2}} order by p.created_order`,
)
const ofScopes = statement(
  'authorization-policy.of-scopes',
  `select l.scope_id as bound, ${columns} from authorization_policy_scope l join authorization_policy p on p.id = l.policy_id
   where l.scope_id in {{list $1}} and p.type = 'scope' and p.resource_type is null
     and not exists (select 1 from authorization_policy_resource r where r.policy_id = p.id) order by p.created_order`,
)
const reachable = statement(
  'authorization-policy.reachable',
  `with recursive reached (id) as (
     select a.child_id from authorization_policy_policy a where a.parent_id in {{list $1}}
     union select a.child_id from reached r join authorization_policy_policy a on a.parent_id = r.id
   ) ${from} where p.id in (select id from reached)`,
)
const links = statement(
  'authorization-policy.links',
  `select l.parent_id, l.child_id from authorization_policy_policy l join authorization_policy p on p.id = l.child_id
   where l.parent_id in {{list $1}} order by p.created_order`,
)
const children = statement(
  'authorization-policy.children',
  `${from} join authorization_policy_policy l on l.child_id = p.id where l.parent_id = $1 order by p.created_order`,
)
const parents = statement(
  'authorization-policy.parents',
  `${from} join authorization_policy_policy l on l.parent_id = p.id where l.child_id = $1 order by p.created_order`,
)
const resourcesOf = statement(
  'authorization-policy.resources-of',
  `select l.policy_id, r.id, r.name, r.display_name from authorization_policy_resource l join authorization_resource r on r.id = l.resource_id
   where l.policy_id in {{list $1}} order by r.created_order`,
)
const scopesOf = statement(
  'authorization-policy.scopes-of',
  `select l.policy_id, s.id, s.server_id, s.name, s.display_name, s.icon_uri from authorization_policy_scope l
   join authorization_scope s on s.id = l.scope_id where l.policy_id in {{list $1}} order by s.created_order`,
)
const permissionsOfResource = statement(
  'authorization-policy.permissions-of-resource',
  `${from} where p.server_id = $1 and (
     p.id in (select l.policy_id from authorization_policy_resource l where l.resource_id = $2)
     or ($3 <> '' and p.resource_type = $3)
     or (p.type = 'scope' and p.resource_type is null
       and p.id in (select l.policy_id from authorization_policy_scope l where l.scope_id in {{list $4}})
       and not exists (select 1 from authorization_policy_resource r where r.policy_id = p.id))
   ) order by p.name`,
)
const permissionsOfScope = statement(
  'authorization-policy.permissions-of-scope',
  `${from} join authorization_policy_scope l on l.policy_id = p.id where l.scope_id = $1 and p.type = 'scope' order by p.name`,
)
const insert = statement(
  'authorization-policy.insert',
  `insert into authorization_policy (id, server_id, name, name_lower, description, type, logic, decision_strategy, owner_id, owner_user_id,
     resource_type, config, created_order)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
     (select coalesce(max(created_order), 0) + 1 from authorization_policy where server_id = $2))`,
)
const update = statement(
  'authorization-policy.update',
  `update authorization_policy set name = $2, name_lower = $3, description = $4, logic = $5, decision_strategy = $6, resource_type = $7,
     config = $8 where id = $1`,
)
const remove = statement('authorization-policy.remove', 'delete from authorization_policy where id in {{list $1}}')
const addResource = statement(
  'authorization-policy.add-resource',
  'insert into authorization_policy_resource (policy_id, resource_id) values ($1, $2) on conflict (policy_id, resource_id) do nothing',
)
const clearResources = statement('authorization-policy.clear-resources', 'delete from authorization_policy_resource where policy_id = $1')
const addScope = statement(
  'authorization-policy.add-scope',
  'insert into authorization_policy_scope (policy_id, scope_id) values ($1, $2) on conflict (policy_id, scope_id) do nothing',
)
const clearScopes = statement('authorization-policy.clear-scopes', 'delete from authorization_policy_scope where policy_id = $1')
const addChild = statement(
  'authorization-policy.add-child',
  'insert into authorization_policy_policy (parent_id, child_id) values ($1, $2) on conflict (parent_id, child_id) do nothing',
)
const clearChildren = statement('authorization-policy.clear-children', 'delete from authorization_policy_policy where parent_id = $1')
const onlyForResource = statement(
  'authorization-policy.only-for-resource',
  `select l.policy_id as id from authorization_policy_resource l where l.resource_id = $1
     and not exists (select 1 from authorization_policy_resource o where o.policy_id = l.policy_id and o.resource_id <> $1)`,
)
const onlyForScope = statement(
  'authorization-policy.only-for-scope',
  `select l.policy_id as id from authorization_policy_scope l where l.scope_id = $1
     and not exists (select 1 from authorization_policy_scope o where o.policy_id = l.policy_id and o.scope_id <> $1)`,
)
const onlyFor = statement(
  'authorization-policy.only-for',
  `select distinct l.parent_id as id from authorization_policy_policy l where l.child_id in {{list $1}} and l.parent_id not in {{list $1}}
     and not exists (select 1 from authorization_policy_policy o where o.parent_id = l.parent_id and o.child_id not in {{list $1}})`,
)
const ownedChildren = statement(
  'authorization-policy.owned-children',
  `select l.child_id as id from authorization_policy_policy l join authorization_policy p on p.id = l.parent_id
   where p.id in {{list $1}} and p.type = 'uma' and p.owner_id is not null`,
)

/** A search: `name`, `type` and `resourceType` are pieces whatever their case. Without an owner only what administrators made is found. */
export interface PolicyFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly type?: string | undefined
  /** True: permissions; false: everything else. */
  readonly permission?: boolean | undefined
  readonly resourceType?: string | undefined
  readonly ownerId?: string | undefined
  readonly resourceIds?: readonly string[] | undefined
  readonly scopeIds?: readonly string[] | undefined
}

export interface NewPolicy {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly type: string
  readonly logic: string
  readonly decisionStrategy: string
  readonly ownerId: string | undefined
  readonly config: Readonly<Record<string, string>>
}

export type BoundPolicyRow = PolicyRow & { bound: string }
/** A resource of a policy. */
export type PolicyResourceRow = { policy_id: string; id: string; name: string; display_name: string | null }
export type PolicyScopeRow = AuthorizationScopeRow & { policy_id: string }

const textOf = (value: boolean | undefined): string => (value === undefined ? '' : String(value))
const listOf = (ids: readonly string[] | undefined): string => JSON.stringify(ids ?? [])
const resourceTypeOf = (config: Readonly<Record<string, string>>): string | null => config['defaultResourceType'] || null

export const authorizationPolicies = (sql: Sql) => ({
  findById: (serverId: string, id: string) => sql.one<PolicyRow>(findById, serverId, id),
  find: (serverId: string, name: string) => sql.one<PolicyRow>(find, serverId, name),
  /** What administrators made, in the order of its making. */
  listAll: (serverId: string) => sql.all<PolicyRow>(listAll, serverId),
  search: (serverId: string, wanted: PolicyFilter, page: { max: number; first: number }) =>
    sql.all<PolicyRow>(
      search,
      serverId,
      wanted.id ?? '',
      containingIfAny(wanted.name),
      containingIfAny(wanted.type),
      textOf(wanted.permission),
      containingIfAny(wanted.resourceType),
      wanted.ownerId ?? '',
      listOf(wanted.resourceIds),
      listOf(wanted.scopeIds),
      page.max,
      page.first,
    ),
  /** Policies bound to resources; `bound` is the resource. */
  ofResources: (ids: readonly string[]) => sql.all<BoundPolicyRow>(ofResources, JSON.stringify(ids)),
  /** Permissions on all resources of a type; `bound` is the type. */
  ofTypes: (serverId: string, types: readonly string[]) => sql.all<BoundPolicyRow>(ofTypes, serverId, JSON.stringify(types)),
  /** Policies bound to the server's own resources of a type; `bound` is the type. */
  ofTypedResources: (serverId: string, types: readonly string[]) =>
    sql.all<BoundPolicyRow>(ofTypedResources, serverId, JSON.stringify(types)),
  /** Permissions on scopes of whatever resource; `bound` is the scope. */
  ofScopes: (scopeIds: readonly string[]) => sql.all<BoundPolicyRow>(ofScopes, JSON.stringify(scopeIds)),
  /** Everything that the policies are composed of. */
  reachable: (ids: readonly string[]) => sql.all<PolicyRow>(reachable, JSON.stringify(ids)),
  links: (ids: readonly string[]) => sql.all<{ parent_id: string; child_id: string }>(links, JSON.stringify(ids)),
  children: (id: string) => sql.all<PolicyRow>(children, id),
  parents: (id: string) => sql.all<PolicyRow>(parents, id),
  resourcesOf: (ids: readonly string[]) => sql.all<PolicyResourceRow>(resourcesOf, JSON.stringify(ids)),
  scopesOf: (ids: readonly string[]) => sql.all<PolicyScopeRow>(scopesOf, JSON.stringify(ids)),
  permissionsOfResource: (serverId: string, resource: { id: string; type: string | null }, scopeIds: readonly string[]) =>
    sql.all<PolicyRow>(permissionsOfResource, serverId, resource.id, resource.type ?? '', JSON.stringify(scopeIds)),
  permissionsOfScope: (scopeId: string) => sql.all<PolicyRow>(permissionsOfScope, scopeId),
  insert: (serverId: string, policy: NewPolicy) =>
    sql.run(
      insert,
      policy.id,
      serverId,
      policy.name,
      policy.name.toLowerCase(),
      policy.description ?? null,
      policy.type,
      policy.logic,
      policy.decisionStrategy,
      policy.ownerId ?? null,
      policy.ownerId === undefined || policy.ownerId === serverId ? null : policy.ownerId,
      resourceTypeOf(policy.config),
      JSON.stringify(policy.config),
    ),
  update: (policy: Omit<NewPolicy, 'type' | 'ownerId'>) =>
    sql.run(
      update,
      policy.id,
      policy.name,
      policy.name.toLowerCase(),
      policy.description ?? null,
      policy.logic,
      policy.decisionStrategy,
      resourceTypeOf(policy.config),
      JSON.stringify(policy.config),
    ),
  /** Removes the policies, and those that consist of nothing else (reference behaviour). */
  async remove(ids: readonly string[]): Promise<void> {
    const all = new Set(ids)
    for (let found: { id: string }[] = [{ id: '' }]; found.length > 0; ) {
      const known = JSON.stringify([...all])
      found = [...(await sql.all<{ id: string }>(onlyFor, known)), ...(await sql.all<{ id: string }>(ownedChildren, known))]
      found = found.filter(({ id }) => !all.has(id))
      for (const { id } of found) all.add(id)
    }
    if (all.size > 0) await sql.run(remove, JSON.stringify([...all]))
  },
  onlyForResource: (id: string) => sql.all<{ id: string }>(onlyForResource, id),
  onlyForScope: (id: string) => sql.all<{ id: string }>(onlyForScope, id),
  async replaceResources(id: string, ids: readonly string[]): Promise<void> {
    await sql.run(clearResources, id)
    for (const resourceId of ids) await sql.run(addResource, id, resourceId)
  },
  async replaceScopes(id: string, ids: readonly string[]): Promise<void> {
    await sql.run(clearScopes, id)
    for (const scopeId of ids) await sql.run(addScope, id, scopeId)
  },
  async replaceChildren(id: string, ids: readonly string[]): Promise<void> {
    await sql.run(clearChildren, id)
    for (const childId of ids) await sql.run(addChild, id, childId)
  },
})
