import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import {
  type AuthenticationExecutionInfoRepresentation,
  authenticationExecutionInfoRepresentation,
} from '../../representations/authentication.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { badRequest, conflict, createdAt, done, failed, manageRoles, notFound, readMembers, viewRoles } from './answers.ts'
import {
  type Flow,
  type FlowTree,
  insertFlow,
  type Listed,
  listExecutions,
  loadFlowTree,
  newExecution,
  nextPriority,
  updateFlow,
} from './flow-tree.ts'
import { changeFlows, requireDescription } from './flows.ts'
import { findExecutable, requirementsOfFlow } from './providers.ts'
import { followRename } from './rename-flow.ts'

const path = '/authentication/flows/:flow/executions'

export const flowExecutionRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Executions of a flow and of the flows in it', role: viewRoles, handle: listOfFlow },
  { method: 'PUT', path, summary: 'Change an execution of a flow', role: manageRoles, handle: putExecution },
  { method: 'POST', path: `${path}/execution`, summary: 'Add an execution to a flow', role: manageRoles, handle: addExecution },
  { method: 'POST', path: `${path}/flow`, summary: 'Add a new flow to a flow', role: manageRoles, handle: addFlow },
]

const requirements: ReadonlySet<string> = new Set(['REQUIRED', 'CONDITIONAL', 'ALTERNATIVE', 'DISABLED'])

/** The requirement of a body. Throws as the reference does over others. */
export function requirementOf(requirement: string | undefined): string {
  if (requirement === undefined || !requirements.has(requirement)) throw failed()
  return requirement
}

/** The realm's part of an address below it. */
export const realmUrl = ({ request, realm }: AdminContext): string => `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}`

async function listOfFlow({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const tree = await loadFlowTree(services.database, realm.id)
  const flow = tree.byAlias(request.params['flow'] ?? '')
  if (flow === undefined) throw notFound('Flow not found')
  const list = listExecutions(tree, flow).map((listed) => describeExecution(tree, listed))
  return jsonText(printRepresentations(authenticationExecutionInfoRepresentation, list))
}

function describeExecution(tree: FlowTree, { execution, parent, level, index }: Listed): AuthenticationExecutionInfoRepresentation {
  const { id, requirement = 'DISABLED', priority = 0 } = execution
  const place = { id, requirement, level, index, priority }
  const inner = tree.subFlow(execution)
  if (inner !== undefined) {
    const { id: flowId, alias, description, providerId } = inner
    return {
      ...place,
      displayName: alias,
      ...(description === undefined ? {} : { description }),
      requirementChoices: [...requirementsOfFlow(providerId)],
      configurable: false,
      authenticationFlow: true,
      ...(providerId === 'form-flow' && execution.authenticator !== undefined ? { providerId: execution.authenticator } : {}),
      flowId,
    }
  }
  const providerId = execution.authenticator ?? ''
  const provider = findExecutable(parent.providerId, providerId)
  // A realm file may name anything; the list would be of no use without its other entries, so that it is shown as it is.
  const { label = providerId, requirements: choices = [], properties = [] } = provider ?? {}
  const config = tree.configOf(execution)
  const configurable = properties.length > 0
  return {
    ...place,
    displayName: label,
    ...(configurable && config?.alias !== undefined ? { alias: config.alias } : {}),
    requirementChoices: [...choices],
    configurable,
    providerId,
    ...(config === undefined ? {} : { authenticationConfig: config.id }),
  }
}

/**
 * Sets requirement and priority of an execution, whichever flow it is in. Where these stay, the name and the description of a sub-flow
 * change (reference behaviour: never both at once).
 */
async function putExecution(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, authenticationExecutionInfoRepresentation)
  const alias = request.params['flow'] ?? ''
  const isChanged = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    if (tree.byAlias(alias) === undefined) throw notFound('flow not found')
    const found = tree.execution(given.id ?? '')
    if (found === undefined) throw notFound('Illegal execution')
    const { flow, execution } = found
    const [requirement, priority] = [requirementOf(given.requirement), given.priority ?? 0]
    if (requirement !== (execution.requirement ?? 'DISABLED') || priority !== (execution.priority ?? 0)) {
      const changed = { ...execution, requirement, priority }
      await updateFlow(tx, realm.id, { ...flow, executions: flow.executions.map((step) => (step === execution ? changed : step)) })
      return true
    }
    if (given.authenticationFlow !== true) return false
    await describeAnew(tx, realm.id, tree, given)
    return true
  })
  if (isChanged)
    audit(context, {
      operation: 'UPDATE',
      resourceType: 'AUTH_EXECUTION',
      resourcePath: `authentication/flows/${alias}/executions`,
      representation: printRepresentation(authenticationExecutionInfoRepresentation, given),
    })
  return done()
}

/** A sub-flow without a name keeps the one it has: nothing could find it any more. */
async function describeAnew(tx: Sql, realmId: string, tree: FlowTree, given: AuthenticationExecutionInfoRepresentation): Promise<void> {
  const flow = tree.byId(given.flowId ?? '')
  if (flow === undefined) throw notFound('Illegal execution')
  const alias = given.displayName || flow.alias
  if (alias !== flow.alias && tree.byAlias(alias)) throw conflict('Flow alias name already exists')
  requireDescription(given.description ?? '')
  const { description: _description, ...kept } = flow
  const described = given.description === undefined ? {} : { description: given.description }
  await updateFlow(tx, realmId, { ...kept, alias, ...described })
  if (alias !== flow.alias) await followRename(tx, realmId, await loadFlowTree(tx, realmId), flow.alias, alias)
}

/** The flow in the path, for something new in it. */
function parentFlow(tree: FlowTree, alias: string, errors: { readonly missing: () => Error; readonly builtIn: string }): Flow {
  const parent = tree.byAlias(alias)
  if (parent === undefined) throw errors.missing()
  if (parent.builtIn) throw badRequest(errors.builtIn)
  return parent
}

/** Throws as the reference does over members of another type. */
function member<T extends 'string' | 'number'>(
  members: Readonly<Record<string, unknown>>,
  name: string,
  type: T,
): (T extends 'string' ? string : number) | undefined {
  const value = members[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== type || (type === 'number' && !Number.isInteger(value))) throw failed()
  return value as T extends 'string' ? string : number
}

/** New executions are off, but for those that can not be (reference behaviour). */
const firstRequirement = ([first = 'DISABLED', ...others]: readonly string[]): string => (others.includes('DISABLED') ? 'DISABLED' : first)

async function addExecution(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readMembers(request)
  const alias = request.params['flow'] ?? ''
  const id = services.random.uuid()
  await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const errors = { missing: () => badRequest("Parent flow doesn't exist"), builtIn: 'It is illegal to add execution to a built in flow' }
    const parent = parentFlow(tree, alias, errors)
    const provider = member(given, 'provider', 'string')
    const executable = provider === undefined ? undefined : findExecutable(parent.providerId, provider)
    if (provider === undefined || executable === undefined) throw badRequest(`No authentication provider found for id: ${provider ?? null}`)
    const priority = member(given, 'priority', 'number') ?? nextPriority(parent)
    const added = newExecution(id, { authenticator: provider, requirement: firstRequirement(executable.requirements), priority })
    await updateFlow(tx, realm.id, { ...parent, executions: [...parent.executions, added] })
  })
  audit(context, {
    operation: 'CREATE',
    resourceType: 'AUTH_EXECUTION',
    resourcePath: `authentication/flows/${alias}/executions/execution`,
    representation: JSON.stringify({ ...given, id }),
  })
  return createdAt(`${realmUrl(context)}/authentication/executions/${id}`)
}

/** The audit event names the execution, the Location the flow (reference behaviour). */
async function addFlow(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readMembers(request)
  const [flowId, executionId] = [services.random.uuid(), services.random.uuid()]
  const parentAlias = request.params['flow'] ?? ''
  await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const errors = {
      missing: () => new AdminError(400, { errorMessage: "Parent flow doesn't exist" }),
      builtIn: 'It is illegal to add sub-flow to a built in flow',
    }
    const parent = parentFlow(tree, parentAlias, errors)
    const alias = member(given, 'alias', 'string') ?? ''
    if (alias === '' || tree.byAlias(alias)) throw conflict('New flow alias name already exists')
    const providerId = member(given, 'type', 'string')
    const provider = member(given, 'provider', 'string')
    const description = member(given, 'description', 'string') ?? ''
    if (providerId === undefined || alias.length > 255) throw failed()
    requireDescription(description)
    const priority = member(given, 'priority', 'number') ?? nextPriority(parent)
    await insertFlow(tx, realm.id, { id: flowId, alias, description, providerId, topLevel: false, builtIn: false, executions: [] })
    const form = providerId === 'form-flow' && provider !== undefined ? { authenticator: provider } : {}
    const added = newExecution(executionId, { ...form, flowAlias: alias, requirement: 'DISABLED', priority })
    await updateFlow(tx, realm.id, { ...parent, executions: [...parent.executions, added] })
  })
  audit(context, {
    operation: 'CREATE',
    resourceType: 'AUTH_EXECUTION_FLOW',
    resourcePath: `authentication/flows/${parentAlias}/executions/flow`,
    representation: JSON.stringify({ ...given, id: executionId }),
  })
  return createdAt(`${realmUrl(context)}/authentication/flows/${flowId}`)
}
