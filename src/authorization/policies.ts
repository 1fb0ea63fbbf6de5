import { AdminError } from '../http/errors.ts'
import type { PolicyRepresentation } from '../representations/authorization.ts'
import { authorizationPolicies, type PolicyRow } from '../storage/authorization-policies.ts'
import { authorizationResources } from '../storage/authorization-resources.ts'
import { authorizationScopes } from '../storage/authorization-scopes.ts'
import type { Sql } from '../storage/sql.ts'
import type { PolicyConfig, PolicyMembers } from './policy-type.ts'
import { findPolicyType } from './policy-types/index.ts'
import { type KnownNames, loadNames, type ReferenceIds, type ReferenceKind, referenceResolver } from './references.ts'
import type { ResourceServer } from './resource-server.ts'
import { duplicateResource, invalidRequest, type ServerContext } from './write-resources.ts'

/** A policy to be written. Absent lists stay as they are; references may be names or ids. */
export interface PolicyInput {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly logic?: string | undefined
  readonly decisionStrategy?: string | undefined
  readonly ownerId?: string | undefined
  readonly policies?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly config: PolicyConfig
}

/** What was written, the lists as ids. */
export interface WrittenPolicy {
  readonly id: string
  readonly config: PolicyConfig
  readonly policies?: readonly string[]
  readonly resources?: readonly string[]
  readonly scopes?: readonly string[]
}

export const configOf = (row: PolicyRow): PolicyConfig => JSON.parse(row.config) as PolicyConfig

/** Names that a policy may not have: those of its neighbours. */
async function requireFreeName({ tx, server }: ServerContext, name: string): Promise<void> {
  if ((await authorizationPolicies(tx).find(server.id, name)) === undefined) return
  throw new AdminError(409, { error: `Policy with name [${name}] already exists`, error_description: 'Conflicting policy' })
}

/** Makes a policy or permission of a type. Throws AdminError. */
export async function createPolicy(context: ServerContext, type: string, input: PolicyInput): Promise<WrittenPolicy> {
  const { tx, server, random } = context
  const { name, logic = 'POSITIVE', decisionStrategy = 'UNANIMOUS', description, ownerId } = input
  if (name === undefined) throw duplicateResource()
  await requireFreeName(context, name)
  const id = input.id ?? random.uuid()
  const stored = authorizationPolicies(tx)
  if (input.id !== undefined && (await stored.findById(server.id, id)) !== undefined) throw duplicateResource()
  const config = await resolved(context, type, input.config)
  await stored.insert(server.id, { id, name, description, type, logic, decisionStrategy, ownerId, config })
  return { id, config, ...(await writeLinks(context, id, input)) }
}

/** A PUT. Throws AdminError. */
export async function updatePolicy(context: ServerContext, row: PolicyRow, input: PolicyInput): Promise<WrittenPolicy> {
  const { tx, server } = context
  const { name = row.name, logic = 'POSITIVE', decisionStrategy = 'UNANIMOUS', description } = input
  const stored = authorizationPolicies(tx)
  if (name !== row.name && (await stored.find(server.id, name)) !== undefined) throw duplicateResource()
  const config = await resolved(context, row.type, input.config)
  await stored.update({ id: row.id, name, description, logic, decisionStrategy, config })
  return { id: row.id, config, ...(await writeLinks(context, row.id, input)) }
}

/** Configuration keys that stand for lists in realm files. */
const listKeys = ['applyPolicies', 'resources', 'scopes', 'resourceOwner'] as const

async function resolved({ tx, realmId }: ServerContext, type: string, given: PolicyConfig): Promise<PolicyConfig> {
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => !(listKeys as readonly string[]).includes(key)))
  const known = findPolicyType(type)
  return known?.resolve === undefined ? own : known.resolve(own, referenceResolver(tx, realmId))
}

/** The given lists, names replaced by ids. */
export async function writeLinks(
  context: ServerContext,
  id: string,
  { policies, resources, scopes }: Pick<PolicyInput, 'policies' | 'resources' | 'scopes'>,
): Promise<Pick<WrittenPolicy, 'policies' | 'resources' | 'scopes'>> {
  const stored = authorizationPolicies(context.tx)
  const written: { policies?: string[]; resources?: string[]; scopes?: string[] } = {}
  if (policies !== undefined) {
    written.policies = await policyIds(context, id, policies)
    await stored.replaceChildren(id, written.policies)
  }
  if (resources !== undefined) {
    written.resources = await resourceIds(context, resources)
    await stored.replaceResources(id, written.resources)
  }
  if (scopes !== undefined) {
    written.scopes = await scopeIds(context, scopes)
    await stored.replaceScopes(id, written.scopes)
  }
  return written
}

/** A policy that is made of itself would never come to a decision. */
async function policyIds({ tx, server }: ServerContext, parent: string, given: readonly string[]): Promise<string[]> {
  const stored = authorizationPolicies(tx)
  const ids = new Set<string>()
  for (const text of given) {
    const row = (await stored.findById(server.id, text)) ?? (await stored.find(server.id, text))
    if (row === undefined) throw invalidRequest(`Policy with id or name [${text}] not found`)
    ids.add(row.id)
  }
  const inside = await stored.reachable([...ids])
  if (ids.has(parent) || inside.some(({ id }) => id === parent)) throw invalidRequest('A policy cannot consist of itself')
  return [...ids]
}

async function resourceIds({ tx, server }: ServerContext, given: readonly string[]): Promise<string[]> {
  const rows = await authorizationResources(tx).named(server.id, server.id, given)
  return pick(given, rows, (text) => invalidRequest(`Resource with id or name [${text}] not found`))
}

async function scopeIds({ tx, server }: ServerContext, given: readonly string[]): Promise<string[]> {
  const rows = await authorizationScopes(tx).named(server.id, given)
  return pick(given, rows, () => new AdminError(400, { error: 'unknown_error' }))
}

function pick(given: readonly string[], rows: readonly { id: string; name: string }[], missing: (text: string) => AdminError): string[] {
  const ids = given.map((text) => {
    const row = rows.find(({ id }) => id === text) ?? rows.find(({ name }) => name === text)
    if (row === undefined) throw missing(text)
    return row.id
  })
  return [...new Set(ids)]
}

/** Removes a policy, and those that consist of nothing else. */
export const removePolicy = (tx: Sql, id: string): Promise<void> => authorizationPolicies(tx).remove([id])

/** Everything that the policies refer to by id. */
export function referencesIn(policies: readonly { readonly type: string; readonly config: PolicyConfig }[]): ReferenceIds {
  const all = new Map<ReferenceKind, Set<string>>()
  for (const { type, config } of policies) {
    const found = findPolicyType(type)?.references?.(config)
    if (found === undefined) continue
    const ids = all.get(found.kind) ?? new Set()
    all.set(found.kind, ids)
    for (const id of found.ids) ids.add(id)
  }
  return all
}

/** Names for the policies: one statement for each kind of thing that they refer to. */
export const namesFor = (
  sql: Sql,
  realmId: string,
  policies: readonly { readonly type: string; readonly config: PolicyConfig }[],
): Promise<KnownNames> => loadNames(sql, realmId, referencesIn(policies))

/** What all policies have in their representation. */
export const commonMembers = (row: PolicyRow): PolicyRepresentation => ({
  id: row.id,
  name: row.name,
  ...(row.description === null ? {} : { description: row.description }),
  type: row.type,
  logic: row.logic === 'NEGATIVE' ? 'NEGATIVE' : 'POSITIVE',
  decisionStrategy: row.decision_strategy as NonNullable<PolicyRepresentation['decisionStrategy']>,
})

/** Members of one type, as the Admin API prints them below the type's path. */
export const typedMembers = (row: PolicyRow, names: KnownNames): PolicyMembers =>
  findPolicyType(row.type)?.members(configOf(row), names) ?? {}

/** The resource whose permissions the Admin API's searches name by id, or the first of a piece of a name; undefined when there is none. */
export async function findResourceIds(sql: Sql, server: ResourceServer, text: string): Promise<string[] | undefined> {
  const byId = await authorizationResources(sql).findById(server.id, text)
  const rows = byId ? [byId] : await authorizationResources(sql).search(server.id, { name: text }, { max: 1, first: 0 })
  return rows.length === 0 ? undefined : rows.map(({ id }) => id)
}

/** The same for scopes. */
export async function findScopeIds(sql: Sql, server: ResourceServer, text: string): Promise<string[] | undefined> {
  const byId = await authorizationScopes(sql).findById(server.id, text)
  const rows = byId ? [byId] : await authorizationScopes(sql).list(server.id, { name: text }, { max: searchMax, first: 0 })
  return rows.length === 0 ? undefined : rows.map(({ id }) => id)
}

/** Things that a piece of a name may stand for in one search. */
const searchMax = 1_000
