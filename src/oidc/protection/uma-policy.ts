import { findScopeIds, removePolicy } from '../../authorization/policies.ts'
import { createUmaPolicy, describeUmaPolicies, policyMissing, resourceOfPolicy, updateUmaPolicy } from '../../authorization/uma-policies.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type UmaPermissionRepresentation, umaPermissionRepresentation } from '../../representations/policy.ts'
import { arrangeRepresentation } from '../../representations/print.ts'
import { authorizationPolicies, type PolicyRow } from '../../storage/authorization-policies.ts'
import { authorizationResources } from '../../storage/authorization-resources.ts'
import { authorizationScopes } from '../../storage/authorization-scopes.ts'
import type { OidcServices } from '../services.ts'
import {
  auditProtection,
  emptyList,
  json,
  listJson,
  type ProtectionRequest,
  pageOf,
  protectionRoute,
  readBody,
  refusal,
  write,
} from './protection-request.ts'

/** What owners allow others to do with their resources: the caller is the owner. */
export const umaPolicyRoutes: readonly Route<OidcServices>[] = [
  protectionRoute('GET', '/uma-policy', "An owner's policies", 'user', listPolicies),
  protectionRoute('POST', '/uma-policy/:policy', 'Allow others something with a resource', 'user', create),
  protectionRoute('GET', '/uma-policy/:policy', "One of an owner's policies", 'user', async (context) => {
    const row = await requirePolicy(context)
    return json((await describe(context, [row]))[0])
  }),
  protectionRoute('PUT', '/uma-policy/:policy', "Change an owner's policy", 'user', update),
  protectionRoute('DELETE', '/uma-policy/:policy', "Remove an owner's policy", 'user', remove),
]

const invalid = (description: string) => refusal(400, 'invalid_request', description)
const notOwner = (resourceId: string) => invalid(`Only resource owner can access policies for resource [${resourceId}]`)

const describe = async ({ services, realm }: ProtectionRequest, rows: readonly PolicyRow[]): Promise<Record<string, unknown>[]> =>
  (await describeUmaPolicies(services.database, realm.id, rows)).map((policy) => arrangeRepresentation(umaPermissionRepresentation, policy))

/** Owners see their own policies alone. */
async function requirePolicy({ services, server, identity, request }: ProtectionRequest): Promise<PolicyRow> {
  const id = request.params['policy'] ?? ''
  const row = await authorizationPolicies(services.database).findById(server.id, id)
  const resource = row === undefined || row.type !== 'uma' ? undefined : await resourceOfPolicy(services.database, row)
  if (row === undefined || resource === undefined) throw policyMissing(id)
  const stored = await authorizationResources(services.database).findById(server.id, resource.id)
  if (stored?.owner_id !== identity.id) throw notOwner(resource.id)
  return row
}

async function listPolicies(context: ProtectionRequest): Promise<HttpResponse> {
  const { request, services, server, identity } = context
  const query = readQuery(request)
  const resource = query.get('resource')
  const scope = query.get('scope')
  const resourceIds = resource === undefined ? undefined : await resourceIdsOf(context, resource)
  const scopeIds = scope === undefined ? undefined : await findScopeIds(services.database, server, scope)
  if ((resource !== undefined && resourceIds === undefined) || (scope !== undefined && scopeIds === undefined)) return emptyList()
  const filter = { name: query.get('name'), type: 'uma', ownerId: identity.id, resourceIds, scopeIds }
  return listJson(await describe(context, await authorizationPolicies(services.database).search(server.id, filter, pageOf(query))))
}

/** By id, or by the name that the caller gave to one of his own. */
async function resourceIdsOf({ services, server, identity }: ProtectionRequest, text: string): Promise<string[] | undefined> {
  const stored = authorizationResources(services.database)
  const row = (await stored.findById(server.id, text)) ?? (await stored.find(server.id, identity.id, text))
  return row === undefined ? undefined : [row.id]
}

/** Names of the scopes of a resource, those given or all. Throws AdminError for one that it does not have. */
async function scopesFor({ services }: ProtectionRequest, resourceId: string, given: readonly string[] | undefined): Promise<string[]> {
  const own = await authorizationResources(services.database).scopes([resourceId])
  if (given === undefined || given.length === 0) return own.map(({ name }) => name)
  const unknown = given.filter((text) => !own.some(({ name }) => name === text))
  if (unknown.length > 0) throw invalid(`Some of the scopes [[${given.join(', ')}]] are not valid for resource [${resourceId}]`)
  return [...given]
}

/** Policies in JavaScript need a feature that we do not have. */
function requireNoCondition({ condition }: UmaPermissionRepresentation): void {
  if (condition !== undefined) throw invalid('Conditions are not supported')
}

async function create(context: ProtectionRequest): Promise<HttpResponse> {
  const { request, services, server, identity } = context
  const given = readBody(context, umaPermissionRepresentation)
  if (given.id !== undefined) throw invalid('Newly created uma policies should not have an id')
  const resourceId = request.params['policy'] ?? ''
  const resource = await authorizationResources(services.database).findById(server.id, resourceId)
  if (resource === undefined) throw invalid(`Resource [${resourceId}] cannot be found`)
  if (resource.owner_id !== identity.id) throw notOwner(resourceId)
  if (resource.owner_managed_access !== 1) throw invalid(`Only resources with owner managed accessed can have policies`)
  requireNoCondition(given)
  const scopes = await scopesFor(context, resourceId, given.scopes)
  await write(context, (target) => createUmaPolicy(target, inputOf(identity.id, resourceId, given, scopes)))
  const row = await authorizationPolicies(services.database).find(server.id, given.name ?? '')
  return json(row === undefined ? {} : (await describe(context, [row]))[0])
}

const inputOf = (ownerId: string, resourceId: string, given: UmaPermissionRepresentation, scopes: readonly string[]) => ({
  name: given.name,
  description: given.description,
  logic: given.logic,
  decisionStrategy: given.decisionStrategy,
  ownerId,
  resourceId,
  scopes,
  given,
})

/** The reference reads this body by itself, and has one word for all that may be wrong with it. */
function readChange(context: ProtectionRequest): UmaPermissionRepresentation {
  try {
    return readBody(context, umaPermissionRepresentation)
  } catch (error) {
    throw error instanceof AdminError && error.status === 400 ? invalid('Failed to parse representation') : error
  }
}

async function update(context: ProtectionRequest): Promise<HttpResponse> {
  const given = readChange(context)
  const row = await requirePolicy(context)
  // A body that says nothing must not take the policy away, as one that lets nobody in does.
  if (given.name === undefined) throw invalid('The policy has no name')
  requireNoCondition(given)
  const resource = await resourceOfPolicy(context.services.database, row)
  const known = await authorizationScopes(context.services.database).named(context.server.id, given.scopes ?? [])
  const scopes = given.scopes === undefined ? undefined : await scopesFor(context, resource?.id ?? '', given.scopes)
  await write(context, (target) =>
    updateUmaPolicy(target, row, inputOf(context.identity.id, resource?.id ?? '', given, scopes ?? known.map(({ name }) => name))),
  )
  const representation = arrangeRepresentation(umaPermissionRepresentation, { ...given, id: row.id })
  auditProtection(context, 'UPDATE', 'POLICY', `uma-policy/${row.id}`, representation)
  return { status: 201 }
}

async function remove(context: ProtectionRequest): Promise<HttpResponse> {
  const row = await requirePolicy(context)
  const [before] = await describe(context, [row])
  await write(context, ({ tx }) => removePolicy(tx, row.id))
  auditProtection(context, 'DELETE', 'POLICY', `uma-policy/${row.id}`, before)
  return { status: 204 }
}
