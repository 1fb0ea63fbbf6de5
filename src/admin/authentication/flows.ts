import type { HttpResponse } from '../../http/values.ts'
import { authenticationFlowRepresentation } from '../../representations/authentication.ts'
import { map, text } from '../../representations/fields.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { authentication } from '../../storage/authentication.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import {
  badRequest,
  conflict,
  createdAt,
  done,
  duplicateResource,
  failed,
  manageRoles,
  notFound,
  readMap,
  requireName,
  viewRoles,
} from './answers.ts'
import { describeFlow, type Flow, type FlowTree, insertFlow, loadFlowTree, removeDeep, updateFlow } from './flow-tree.ts'
import { followRename, isInUse } from './rename-flow.ts'

const path = '/authentication/flows'

export const flowRoutes: readonly AdminRoute[] = [
  // Whoever may see clients has to be able to choose a flow for one.
  { method: 'GET', path, summary: 'Top-level flows', role: [...viewRoles, 'view-clients', 'query-clients'], handle: listFlows },
  { method: 'POST', path, summary: 'Make an empty flow', role: manageRoles, handle: createFlow },
  { method: 'GET', path: `${path}/:flow`, summary: 'One flow', role: viewRoles, handle: getFlow },
  { method: 'PUT', path: `${path}/:flow`, summary: 'Change a flow', role: manageRoles, handle: putFlow },
  { method: 'DELETE', path: `${path}/:flow`, summary: 'Remove a flow and the flows in it', role: manageRoles, handle: deleteFlow },
  { method: 'POST', path: `${path}/:flow/copy`, summary: 'Copy a flow and the flows in it', role: manageRoles, handle: copyFlow },
]

/** Made for every realm and shown in no list (reference behaviour). */
export const hiddenAlias = 'saml ecp'

async function listFlows({ services, realm }: AdminContext): Promise<HttpResponse> {
  const tree = await loadFlowTree(services.database, realm.id)
  const flows = tree.flows.filter((flow) => flow.topLevel && flow.alias !== hiddenAlias).map((flow) => describeFlow(tree, flow))
  return jsonText(printRepresentations(authenticationFlowRepresentation, flows))
}

/** The flow whose id stands in the path. */
const flowInPath = ({ request }: AdminContext, tree: FlowTree, missing = 'Could not find flow with id'): Flow => {
  const flow = tree.byId(request.params['flow'] ?? '')
  if (flow === undefined) throw notFound(missing)
  return flow
}

async function getFlow(context: AdminContext): Promise<HttpResponse> {
  const tree = await loadFlowTree(context.services.database, context.realm.id)
  return jsonText(printRepresentation(authenticationFlowRepresentation, describeFlow(tree, flowInPath(context, tree))))
}

/** Runs a write; an id or alias that somebody else was faster with is a conflict. */
export const changeFlows = <R>(context: AdminContext, work: (tx: Sql) => Promise<R>): Promise<R> =>
  changeRealm(context, work).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? duplicateResource() : error
  })

/** A new flow has no executions, whatever the body says (reference behaviour). */
async function createFlow(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, authenticationFlowRepresentation)
  const { alias = '', description = '', providerId, topLevel = false, builtIn = false } = given
  if (alias === '') throw conflict('Failed to create flow with empty alias name')
  const id = given.id ?? services.random.uuid()
  await changeFlows(context, async (tx) => {
    if ((await loadFlowTree(tx, realm.id)).byAlias(alias)) throw conflict(`Flow ${alias} already exists`)
    requireName(alias)
    requireDescription(description)
    if (providerId === undefined) throw duplicateResource()
    await insertFlow(tx, realm.id, { id, alias, description, providerId, topLevel, builtIn, executions: [] })
  })
  const made = { ...given, id, alias, description }
  audit(context, {
    operation: 'CREATE',
    resourceType: 'AUTH_FLOW',
    resourcePath: `authentication/flows/${id}`,
    representation: printRepresentation(authenticationFlowRepresentation, made),
  })
  return createdAt(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}/${encodeURIComponent(id)}`)
}

/** Longest description: the reference's database holds no more. */
const descriptionMax = 255

export function requireDescription(description: string): void {
  if (description.length > descriptionMax) throw failed()
}

async function putFlow(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, authenticationFlowRepresentation)
  const { alias = '', description, providerId, topLevel = false, builtIn = false } = given
  const id = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const flow = flowInPath(context, tree)
    if (alias === '') throw conflict('Failed to update flow with empty alias name')
    if (alias !== flow.alias && tree.byAlias(alias)) throw conflict('Flow alias name already exists')
    if (alias !== flow.alias) requireName(alias)
    requireDescription(description ?? '')
    if (providerId === undefined) throw duplicateResource()
    const { description: _description, ...kept } = flow
    await updateFlow(tx, realm.id, { ...kept, alias, providerId, topLevel, builtIn, ...(description === undefined ? {} : { description }) })
    if (alias !== flow.alias) await followRename(tx, realm.id, await loadFlowTree(tx, realm.id), flow.alias, alias)
    return flow.id
  })
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'AUTH_FLOW',
    resourcePath: `authentication/flows/${id}`,
    representation: printRepresentation(authenticationFlowRepresentation, { ...given, id }),
  })
  return done()
}

async function deleteFlow(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const id = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const flow = flowInPath(context, tree, 'Flow not found')
    if (flow.builtIn) throw badRequest("Can't delete built in flow")
    // Whoever is bound to it could not be logged in any more.
    if (await isInUse(tx, realm.id, flow)) throw failed()
    await removeDeep(tx, realm.id, tree, { flows: [flow] })
    return flow.id
  })
  audit(context, { operation: 'DELETE', resourceType: 'AUTH_FLOW', resourcePath: `authentication/flows/${id}` })
  return done()
}

/** The copy's Location is below the path that was called (reference behaviour). */
async function copyFlow(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readMap(request, map(text))
  const { newName = '' } = given
  const from = request.params['flow'] ?? ''
  const copy = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    if (newName !== '' && tree.byAlias(newName)) throw conflict('New flow alias name already exists')
    const flow = tree.byAlias(from)
    if (flow === undefined) throw notFound('Flow not found')
    // The reference makes a flow without a name, which nothing can be bound to.
    if (newName === '') throw conflict('Failed to create flow with empty alias name')
    requireName(newName)
    return copyDeep({ context, tx, tree, newName }, flow, newName, flow.topLevel ?? false)
  })
  audit(context, {
    operation: 'CREATE',
    resourceType: 'AUTH_FLOW',
    resourcePath: `authentication/flows/${from}/copy`,
    representation: JSON.stringify({ ...given, id: copy.id }),
  })
  const above = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}`
  return createdAt(`${above}/${encodeURIComponent(from)}/copy/${copy.id}`)
}

interface Copying {
  readonly context: AdminContext
  readonly tx: Sql
  readonly tree: FlowTree
  readonly newName: string
}

/** Nested more deeply than this it is a loop, which a realm file may bring. */
const depthMax = 16

/** Flows and configurations below the copy are called as their originals, with the copy's name in front. */
async function copyDeep(copying: Copying, flow: Flow, alias: string, topLevel: boolean, depth = 0): Promise<Flow> {
  const { context, tx, tree, newName } = copying
  const { services, realm } = context
  if (depth > depthMax) throw failed()
  const { description } = flow
  const executions: Flow['executions'][number][] = []
  for (const step of flow.executions) {
    const inner = tree.subFlow(step)
    const config = tree.configOf(step)
    const { authenticatorConfig: _alias, configId: _configId, ...kept } = step
    const innerCopy = inner && (await copyDeep(copying, inner, `${newName} ${inner.alias}`, false, depth + 1))
    let configured = {}
    if (config !== undefined) {
      const copied = { ...config, id: services.random.uuid(), alias: config.alias === undefined ? newName : `${newName} ${config.alias}` }
      await authentication(tx).insertConfig(realm.id, { id: copied.id, alias: copied.alias, doc: JSON.stringify(copied) })
      configured = { authenticatorConfig: copied.alias, configId: copied.id }
    }
    executions.push({ ...kept, id: services.random.uuid(), ...(innerCopy ? { flowAlias: innerCopy.alias } : {}), ...configured })
  }
  const copy: Flow = {
    id: services.random.uuid(),
    alias,
    ...(description === undefined ? {} : { description }),
    providerId: flow.providerId ?? 'basic-flow',
    topLevel,
    builtIn: false,
    executions,
  }
  await insertFlow(tx, realm.id, copy)
  return copy
}
