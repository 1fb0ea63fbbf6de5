import {
  commonMembers,
  configOf,
  createPolicy,
  findResourceIds,
  findScopeIds,
  namesFor,
  removePolicy,
  typedMembers,
  updatePolicy,
  type WrittenPolicy,
} from '../../authorization/policies.ts'
import { listIn, type PolicyConfig } from '../../authorization/policy-type.ts'
import { findPolicyType, policyTypes } from '../../authorization/policy-types/index.ts'
import { ownerIdOf } from '../../authorization/write-resources.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type PolicyRepresentation, policyRepresentation, type ResourceRepresentation } from '../../representations/authorization.ts'
import { arrangeRepresentation } from '../../representations/print.ts'
import { authorizationPolicies, type PolicyFilter, type PolicyResourceRow, type PolicyRow } from '../../storage/authorization-policies.ts'
import type { AdminRoute } from '../admin-route.ts'
import { flagParameter, json, noContent, pageParameters, readRepresentation } from '../bodies.ts'
import { addDetails } from './policy-details.ts'
import { type AnyPolicy, tableOf } from './policy-tables.ts'
import { auditServer, createdJson, emptyAnswer, notFound, type ServerAdminContext, serverRoute, write } from './server-route.ts'

/** The two paths of one thing: permissions print as their type does, policies with a map of texts. */
type Kind = 'policy' | 'permission'

/** Policies of one page when the caller does not say how many. */
const pageMax = 100

const routesOf = (kind: Kind): readonly AdminRoute[] => [
  serverRoute('GET', `/${kind}`, `Search ${kind === 'policy' ? 'policies' : 'permissions'}`, 'view', (context) => list(context, kind)),
  serverRoute('POST', `/${kind}`, `Make a ${kind} of the type in the body`, 'manage', (context) => createGeneric(context, kind)),
  serverRoute('GET', `/${kind}/providers`, 'Types of policies', 'view', listProviders),
  serverRoute('GET', `/${kind}/search`, `The ${kind} of a name`, 'view', (context) => searchByName(context, kind)),
  serverRoute('GET', `/${kind}/:type`, `One ${kind}, or all of a type`, 'view', (context) => getOrList(context, kind)),
  serverRoute('POST', `/${kind}/:type`, `Make a ${kind} of a type`, 'manage', (context) => createTyped(context, kind)),
  serverRoute('PUT', `/${kind}/:type`, `Change a ${kind}`, 'manage', (context) => updateGeneric(context, kind)),
  serverRoute('DELETE', `/${kind}/:type`, `Remove a ${kind}`, 'manage', (context) => remove(context, kind, '', 'type')),
  serverRoute('GET', `/${kind}/:type/search`, `The ${kind} of a name, whatever its type`, 'view', async (context) => {
    typeIn(context)
    return searchByName(context, 'permission')
  }),
  serverRoute('GET', `/${kind}/:type/:policy`, `One ${kind} of a type, or what belongs to one`, 'view', getTypedOrPart),
  serverRoute('PUT', `/${kind}/:type/:policy`, `Change a ${kind} of a type`, 'manage', (context) => updateTyped(context, kind)),
  serverRoute('DELETE', `/${kind}/:type/:policy`, `Remove a ${kind} of a type`, 'manage', (context) =>
    remove(context, kind, `/${typeIn(context).id}`, 'policy'),
  ),
  serverRoute('GET', `/${kind}/:type/:policy/:part`, `What belongs to a ${kind} of a type`, 'view', async (context) => {
    typeIn(context)
    return part(context, await requirePolicy(context, 'policy'), context.request.params['part'] ?? '')
  }),
]

export const policyRoutes: readonly AdminRoute[] = [...routesOf('policy'), ...routesOf('permission')]

/** The type in the path; 404 for what is none, such as a policy in JavaScript. */
function typeIn({ request }: ServerAdminContext) {
  const type = findPolicyType(request.params['type'] ?? '')
  if (type === undefined) throw notFound()
  return type
}

async function requirePolicy({ services, server, request }: ServerAdminContext, parameter: 'type' | 'policy'): Promise<PolicyRow> {
  const row = await authorizationPolicies(services.database).findById(server.id, request.params[parameter] ?? '')
  if (row === undefined) throw notFound()
  return row
}

/** Short: by name, with the class's own words for the rest (reference behaviour). */
export const named = (row: PolicyRow, description = false): PolicyRepresentation => ({
  id: row.id,
  name: row.name,
  ...(description && row.description !== null ? { description: row.description } : {}),
  type: row.type,
  logic: 'POSITIVE',
  decisionStrategy: 'UNANIMOUS',
  config: {},
})

/** Policies as one of the paths prints them: a fixed number of statements. */
async function describe(
  { services, realm, server }: ServerAdminContext,
  kind: Kind,
  rows: readonly PolicyRow[],
  details: boolean,
): Promise<Record<string, unknown>[]> {
  const names = kind === 'policy' ? undefined : await namesFor(services.database, realm.id, rows.map(typeAndConfig))
  const list = rows.map((row): AnyPolicy => {
    if (names === undefined) return { ...commonMembers(row), config: { ...configOf(row) } }
    return { ...commonMembers(row), ...(row.type === 'uma' ? { scopes: [] } : {}), ...typedMembers(row, names) }
  })
  if (details) await addDetails(services.database, server, list)
  return list.map((policy) => arrangeRepresentation(kind === 'policy' ? policyRepresentation : tableOf(policy.type ?? ''), policy))
}

const typeAndConfig = (row: PolicyRow): { type: string; config: PolicyConfig } => ({ type: row.type, config: configOf(row) })

const wantsDetails = (context: ServerAdminContext): boolean => readQuery(context.request).get('fields') === '*'

/** By all parameters at once; 204 when the resource or scope that is asked for does not exist. What users made is not shown here. */
async function list(context: ServerAdminContext, kind: Kind, type?: string): Promise<HttpResponse> {
  const { request, services, realm, server } = context
  const query = readQuery(request)
  const database = services.database
  const resource = query.get('resource')
  const scope = query.get('scope')
  const resourceIds = resource === undefined || resource === '' ? undefined : await findResourceIds(database, server, resource)
  const scopeIds = scope === undefined || scope === '' ? undefined : await findScopeIds(database, server, scope)
  if ((resource && resourceIds === undefined) || (scope && scopeIds === undefined)) return emptyAnswer(204)
  const owner = query.get('owner')
  const filter: PolicyFilter = {
    id: query.get('policyId'),
    name: query.get('name'),
    type: type ?? query.get('type'),
    permission: kind === 'permission' ? true : flagParameter(query, 'permission'),
    resourceType: query.get('resourceType'),
    ownerId: owner === undefined || owner === '' ? undefined : ((await ownerIdOf(database, realm.id, server, owner)) ?? owner),
    resourceIds,
    scopeIds,
  }
  const rows = await authorizationPolicies(database).search(server.id, filter, pageParameters(query, pageMax))
  return json(await describe(context, type === undefined ? kind : 'permission', rows, wantsDetails(context)))
}

async function listProviders(): Promise<HttpResponse> {
  return json(
    policyTypes.filter((type) => !('internal' in type) || type.internal !== true).map(({ id, name, group }) => ({ type: id, name, group })),
  )
}

async function searchByName(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  const name = readQuery(context.request).get('name')
  if (name === undefined) return emptyAnswer(400)
  const row = await authorizationPolicies(context.services.database).find(context.server.id, name)
  return row === undefined ? emptyAnswer(204) : json((await describe(context, kind, [row], wantsDetails(context)))[0])
}

async function getOrList(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  const type = findPolicyType(context.request.params['type'] ?? '')
  if (type !== undefined) return list(context, kind, type.id)
  return json((await describe(context, kind, [await requirePolicy(context, 'type')], wantsDetails(context)))[0])
}

async function getTypedOrPart(context: ServerAdminContext): Promise<HttpResponse> {
  const { params } = context.request
  if (findPolicyType(params['type'] ?? '') === undefined) return part(context, await requirePolicy(context, 'type'), params['policy'] ?? '')
  return json((await describe(context, 'permission', [await requirePolicy(context, 'policy')], wantsDetails(context)))[0])
}

const describeLink = ({ id, name, display_name }: PolicyResourceRow): ResourceRepresentation => ({
  name,
  ...(display_name === null ? {} : { displayName: display_name }),
  _id: id,
})

async function part({ services }: ServerAdminContext, row: PolicyRow, name: string): Promise<HttpResponse> {
  const stored = authorizationPolicies(services.database)
  switch (name) {
    case 'associatedPolicies':
      return json((await stored.children(row.id)).map((policy) => named(policy, true)))
    case 'dependentPolicies':
      return json((await stored.parents(row.id)).map((policy) => named(policy)))
    case 'scopes':
      return json((await stored.scopesOf([row.id])).map((scope) => ({ id: scope.id, name: scope.name })))
    case 'resources':
      return json((await stored.resourcesOf([row.id])).map(describeLink))
    default:
      throw notFound()
  }
}

/** The reference reads these bodies by itself, and has one word for all that may be wrong with them. */
const unreadable = (): AdminError => new AdminError(500, { error: 'unknown_error', error_description: 'Cannot parse the JSON' })

const readPolicy = ({ request }: ServerAdminContext, type: string | undefined): AnyPolicy =>
  readRepresentation(request, type === undefined ? policyRepresentation : tableOf(type), unreadable()) as AnyPolicy

/** Lists may also stand in the map of texts, as in realm files. */
const listGiven = (given: AnyPolicy, member: 'policies' | 'resources' | 'scopes', key: string): readonly string[] | undefined =>
  given[member] ?? (given.config?.[key] === undefined ? undefined : listIn<string>(given.config, key))

function inputOf(given: AnyPolicy, config: PolicyConfig) {
  const { id, name, description, logic, decisionStrategy } = given
  return {
    ...{ id, name, description, logic, decisionStrategy, config },
    policies: listGiven(given, 'policies', 'applyPolicies'),
    resources: listGiven(given, 'resources', 'resources'),
    scopes: listGiven(given, 'scopes', 'scopes'),
  }
}

async function createTyped(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  const type = typeIn(context)
  const given = readPolicy(context, type.id)
  const written = await write(context, (target) => createPolicy(target, type.id, inputOf(given, type.configOf(given, {}))))
  const echo = echoed(given, type.id, written)
  auditServer(context, 'CREATE', 'POLICY', `/${kind}/${type.id}/${written.id}`, echo)
  return createdJson(echo)
}

async function createGeneric(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  const given = readPolicy(context, undefined)
  if (given.type !== undefined && findPolicyType(given.type) === undefined) {
    throw new AdminError(400, { error: 'invalid_request', error_description: `Policy provider [${given.type}] does not exist` })
  }
  const { type = '' } = given
  if (type === '') throw new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })
  const written = await write(context, (target) => createPolicy(target, type, inputOf(given, genericConfig(given))))
  const echo = arrangeRepresentation(policyRepresentation, { ...given, ...listsOf(written), id: written.id } as PolicyRepresentation)
  auditServer(context, 'CREATE', 'POLICY', `/${kind}/${written.id}`, echo)
  return createdJson(echo)
}

const genericConfig = ({ config = {}, resourceType }: AnyPolicy): PolicyConfig =>
  resourceType === undefined ? config : { ...config, defaultResourceType: resourceType }

const listsOf = ({ policies, resources, scopes }: WrittenPolicy): Partial<PolicyRepresentation> => ({
  ...(policies === undefined ? {} : { policies: [...policies] }),
  ...(resources === undefined ? {} : { resources: [...resources] }),
  ...(scopes === undefined ? {} : { scopes: [...scopes] }),
})

/** What was sent, with the ids of what it names: those of roles, groups and client scopes as they are stored now. */
function echoed(given: AnyPolicy, type: string, written: WrittenPolicy): Record<string, unknown> {
  const members: Record<string, unknown> = { ...given, ...listsOf(written), id: written.id, type }
  for (const key of ['groups', 'clientScopes']) if (given[key] !== undefined) members[key] = listIn(written.config, key)
  if (Array.isArray(given['roles']) && type === 'role') members['roles'] = rolesEchoed(given['roles'], listIn(written.config, 'roles'))
  return arrangeRepresentation(tableOf(type), members)
}

/** Roles that do not exist are not stored, but told back. */
function rolesEchoed(given: readonly unknown[], stored: readonly { readonly id: string }[]): readonly unknown[] {
  return stored.length === given.length ? stored : given
}

async function updateTyped(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  typeIn(context)
  const row = await requirePolicy(context, 'policy')
  const given = readPolicy(context, row.type)
  const config = findPolicyType(row.type)?.configOf(given, configOf(row)) ?? configOf(row)
  const written = await write(context, (target) => updatePolicy(target, row, inputOf(given, config)))
  auditServer(context, 'UPDATE', 'POLICY', `/${kind}/${row.type}/${row.id}`, echoed(given, row.type, written))
  return emptyAnswer(201)
}

async function updateGeneric(context: ServerAdminContext, kind: Kind): Promise<HttpResponse> {
  const row = await requirePolicy(context, 'type')
  const given = readPolicy(context, undefined)
  const written = await write(context, (target) => updatePolicy(target, row, inputOf(given, genericConfig(given))))
  const echo = arrangeRepresentation(policyRepresentation, { ...given, ...listsOf(written), id: row.id } as PolicyRepresentation)
  auditServer(context, 'UPDATE', 'POLICY', `/${kind}/${row.id}`, echo)
  return emptyAnswer(201)
}

async function remove(context: ServerAdminContext, kind: Kind, path: string, parameter: 'type' | 'policy'): Promise<HttpResponse> {
  const row = await requirePolicy(context, parameter)
  const [before] = await describe(context, path === '' ? kind : 'permission', [row], false)
  await write(context, ({ tx }) => removePolicy(tx, row.id))
  auditServer(context, 'DELETE', 'POLICY', `/${kind}${path}/${row.id}`, before)
  return noContent()
}
