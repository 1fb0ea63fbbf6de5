import type { HttpResponse } from '../../http/values.ts'
import { type AuthenticationExecutionRepresentation, authenticationExecutionRepresentation } from '../../representations/authentication.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { badRequest, createdAt, done, duplicateResource, failed, manageRoles, notFound, viewRoles } from './answers.ts'
import { realmUrl, requirementOf } from './flow-executions.ts'
import {
  type Execution,
  type Flow,
  type FlowTree,
  flowsBelow,
  loadFlowTree,
  newExecution,
  nextPriority,
  removeDeep,
  updateFlow,
} from './flow-tree.ts'
import { changeFlows } from './flows.ts'
import { findExecutable } from './providers.ts'

const path = '/authentication/executions'

export const executionRoutes: readonly AdminRoute[] = [
  { method: 'POST', path, summary: 'Add an execution', role: manageRoles, handle: postExecution },
  { method: 'GET', path: `${path}/:execution`, summary: 'One execution', role: viewRoles, handle: getExecution },
  { method: 'DELETE', path: `${path}/:execution`, summary: 'Remove an execution', role: manageRoles, handle: deleteExecution },
  {
    method: 'POST',
    path: `${path}/:execution/raise-priority`,
    summary: 'Move an execution before the one before it',
    role: manageRoles,
    handle: (context) => move(context, 'raise-priority'),
  },
  {
    method: 'POST',
    path: `${path}/:execution/lower-priority`,
    summary: 'Move an execution behind the one behind it',
    role: manageRoles,
    handle: (context) => move(context, 'lower-priority'),
  },
]

/** The execution in the path with its flow. */
export function executionInPath({ request }: AdminContext, tree: FlowTree): { readonly flow: Flow; readonly execution: Execution } {
  const found = tree.execution(request.params['execution'] ?? '')
  if (found === undefined) throw notFound('Illegal execution')
  return found
}

async function getExecution(context: AdminContext): Promise<HttpResponse> {
  const tree = await loadFlowTree(context.services.database, context.realm.id)
  const { flow, execution } = executionInPath(context, tree)
  const { id, authenticator, requirement = 'DISABLED', priority = 0 } = execution
  const config = tree.configOf(execution)
  const inner = tree.subFlow(execution)
  const shown: AuthenticationExecutionRepresentation = {
    ...(config === undefined ? {} : { authenticatorConfig: config.id }),
    ...(authenticator === undefined ? {} : { authenticator }),
    authenticatorFlow: execution.flowAlias !== undefined,
    requirement,
    priority,
    autheticatorFlow: execution.flowAlias !== undefined,
    id,
    ...(inner === undefined ? {} : { flowId: inner.id }),
    parentFlow: flow.id,
  }
  return jsonText(printRepresentation(authenticationExecutionRepresentation, shown))
}

async function postExecution(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, authenticationExecutionRepresentation)
  const id = given.id ?? services.random.uuid()
  await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const requirement = requirementOf(given.requirement)
    if (given.parentFlow === undefined) throw badRequest('parent flow not set on new execution')
    const parent = tree.byId(given.parentFlow)
    if (parent === undefined) throw badRequest('execution parent flow does not exist')
    if (parent.builtIn) throw badRequest('It is illegal to add execution to a built in flow')
    if (tree.execution(id)) throw duplicateResource()
    const added = newExecution(id, { ...placeOf(tree, parent, given), requirement, priority: given.priority ?? nextPriority(parent) })
    const config = given.authenticatorConfig === undefined ? undefined : tree.configOf({ id: '', configId: given.authenticatorConfig })
    if (given.authenticatorConfig !== undefined && config === undefined) throw failed()
    const configured =
      config === undefined
        ? added
        : { ...added, configId: config.id, ...(config.alias === undefined ? {} : { authenticatorConfig: config.alias }) }
    await updateFlow(tx, realm.id, { ...parent, executions: [...parent.executions, configured] })
  })
  audit(context, {
    operation: 'CREATE',
    resourceType: 'AUTH_EXECUTION',
    resourcePath: `authentication/executions/${id}`,
    representation: printRepresentation(authenticationExecutionRepresentation, given),
  })
  return createdAt(`${realmUrl(context)}/authentication/executions/${encodeURIComponent(id)}`)
}

/**
 * What the new execution runs. A flow that is not there, or one that holds the parent, would break every login that comes by: refused,
 * where the reference fails later.
 */
function placeOf(
  tree: FlowTree,
  parent: Flow,
  given: AuthenticationExecutionRepresentation,
): Pick<Execution, 'authenticator' | 'flowAlias'> {
  const { authenticator, flowId } = given
  const form = authenticator === undefined ? {} : { authenticator }
  if (given.authenticatorFlow === true) {
    const inner = flowId === undefined ? undefined : tree.byId(flowId)
    if (inner === undefined || flowsBelow(tree, inner).includes(parent)) throw failed()
    return { ...form, flowAlias: inner.alias }
  }
  if (authenticator === undefined || findExecutable(parent.providerId, authenticator) === undefined)
    throw badRequest(`No authentication provider found for id: ${authenticator ?? null}`)
  return form
}

async function deleteExecution(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const id = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const { flow, execution } = executionInPath(context, tree)
    if (flow.builtIn) throw badRequest('It is illegal to remove execution from a built in flow')
    await removeDeep(tx, realm.id, tree, { executions: [execution] })
    return execution.id
  })
  audit(context, { operation: 'DELETE', resourceType: 'AUTH_EXECUTION', resourcePath: `authentication/executions/${id}` })
  return done()
}

/** Changes places with a neighbour: both keep the priorities that are there. The first cannot be raised, nor the last lowered. */
async function move(context: AdminContext, way: 'raise-priority' | 'lower-priority'): Promise<HttpResponse> {
  const { realm } = context
  const moved = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const { flow, execution } = executionInPath(context, tree)
    if (flow.builtIn) throw badRequest('It is illegal to modify execution in a built in flow')
    const neighbour = flow.executions[flow.executions.indexOf(execution) + (way === 'raise-priority' ? -1 : 1)]
    if (neighbour === undefined) return undefined
    const executions = flow.executions.map((step) => {
      if (step === execution) return { ...step, priority: neighbour.priority ?? 0 }
      return step === neighbour ? { ...step, priority: execution.priority ?? 0 } : step
    })
    await updateFlow(tx, realm.id, { ...flow, executions: executions.sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0)) })
    return execution.id
  })
  if (moved !== undefined)
    audit(context, { operation: 'UPDATE', resourceType: 'AUTH_EXECUTION', resourcePath: `authentication/executions/${moved}/${way}` })
  return done()
}
