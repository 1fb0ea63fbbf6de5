import type { HttpResponse } from '../../http/values.ts'
import { type AuthenticatorConfigRepresentation, authenticatorConfigRepresentation } from '../../representations/authentication.ts'
import { secretMask } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'
import { authentication } from '../../storage/authentication.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { conflict, createdAt, done, manageRoles, notFound, requireName, viewRoles } from './answers.ts'
import { executionInPath } from './executions.ts'
import { realmUrl } from './flow-executions.ts'
import { type Execution, type FlowTree, loadFlowTree, updateFlow } from './flow-tree.ts'
import { changeFlows } from './flows.ts'
import { secretSettings } from './providers.ts'

const path = '/authentication/config'
const ofExecution = '/authentication/executions/:execution/config'

export const configRoutes: readonly AdminRoute[] = [
  { method: 'POST', path, summary: 'Make a configuration that no execution has yet', role: manageRoles, handle: createConfig },
  { method: 'GET', path: `${path}/:config`, summary: 'One configuration', role: viewRoles, handle: getConfig },
  { method: 'PUT', path: `${path}/:config`, summary: 'Change a configuration', role: manageRoles, handle: putConfig },
  { method: 'DELETE', path: `${path}/:config`, summary: 'Remove a configuration', role: manageRoles, handle: deleteConfig },
  { method: 'POST', path: ofExecution, summary: 'Give an execution a configuration', role: manageRoles, handle: configureExecution },
  { method: 'GET', path: `${ofExecution}/:config`, summary: 'One configuration', role: viewRoles, handle: getConfig },
]

type Config = AuthenticatorConfigRepresentation & { readonly id: string }

/** Empty values are not kept (reference behaviour). */
const keptValues = (config: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value !== ''))

const insert = (tx: Sql, realmId: string, { id, alias, config }: Config): Promise<number> =>
  authentication(tx).insertConfig(realmId, { id, alias: alias ?? null, doc: JSON.stringify({ id, alias, config }) })

/** A name that a new configuration may have. */
function requireAlias({ alias = '' }: AuthenticatorConfigRepresentation): string {
  if (alias === '') throw conflict('Failed to create authentication execution configuration with empty alias name')
  return alias
}

/** Realm files bind executions to their configuration by its name. `before`: the id of the one that is replaced. */
async function requireFree(tx: Sql, realmId: string, alias: string, before?: string): Promise<void> {
  const known = await authentication(tx).configs(realmId)
  if (known.some((row) => row.alias === alias && row.id !== before))
    throw conflict(`Authentication execution configuration ${alias} already exists`)
}

async function createConfig(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, authenticatorConfigRepresentation)
  const alias = requireAlias(given)
  const id = given.id ?? services.random.uuid()
  await changeFlows(context, async (tx) => {
    await requireFree(tx, realm.id, alias)
    requireName(alias)
    await insert(tx, realm.id, { id, alias, config: keptValues(given.config) })
  })
  report(context, 'CREATE', `authentication/config/${id}`, given)
  return createdAt(`${realmUrl(context)}${path}/${encodeURIComponent(id)}`)
}

/** Configurations may hold secrets (the keys of a reCAPTCHA): the audit log is not told them. */
function report(
  context: AdminContext,
  operation: 'CREATE' | 'UPDATE',
  resourcePath: string,
  given: AuthenticatorConfigRepresentation,
): void {
  const config =
    given.config &&
    Object.fromEntries(Object.entries(given.config).map(([name, value]) => [name, secretSettings.has(name) && value ? secretMask : value]))
  const shown = { ...given, ...(config === undefined ? {} : { config }) }
  audit(context, {
    operation,
    resourceType: 'AUTHENTICATOR_CONFIG',
    resourcePath,
    representation: printRepresentation(authenticatorConfigRepresentation, shown),
  })
}

/** The configuration of the path that an execution has takes the place of the one before, which goes away (reference behaviour). */
async function configureExecution(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, authenticatorConfigRepresentation)
  const alias = requireAlias(given)
  const id = given.id ?? services.random.uuid()
  const execution = await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    const found = executionInPath(context, tree)
    const before = tree.configOf(found.execution)
    await requireFree(tx, realm.id, alias, before?.id)
    requireName(alias)
    await insert(tx, realm.id, { id, alias, config: keptValues(given.config) })
    const executions = found.flow.executions.map((step) =>
      step === found.execution ? { ...step, authenticatorConfig: alias, configId: id } : step,
    )
    await updateFlow(tx, realm.id, { ...found.flow, executions })
    if (before !== undefined && !isUsed(tree, before.id, found.execution)) await authentication(tx).removeConfig(realm.id, before.id)
    return found.execution
  })
  report(context, 'CREATE', `authentication/executions/${execution.id}/config`, { ...given, id })
  return createdAt(`${realmUrl(context)}/authentication/executions/${encodeURIComponent(execution.id)}/config/${encodeURIComponent(id)}`)
}

/** Whether another execution has the configuration. */
const isUsed = (tree: FlowTree, configId: string, except: Execution): boolean =>
  tree.flows.some((flow) => flow.executions.some((step) => step !== except && tree.configOf(step)?.id === configId))

const missing = 'Could not find authenticator config'

async function getConfig({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const row = await authentication(services.database).findConfig(realm.id, request.params['config'] ?? '')
  if (row === undefined) throw notFound(missing)
  const config = JSON.parse(row.doc) as AuthenticatorConfigRepresentation
  return jsonText(printRepresentation(authenticatorConfigRepresentation, { ...config, config: config.config ?? {}, id: row.id }))
}

/** Alias and values are replaced as a whole. */
async function putConfig(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, authenticatorConfigRepresentation)
  const id = request.params['config'] ?? ''
  await changeFlows(context, async (tx) => {
    if ((await authentication(tx).findConfig(realm.id, id)) === undefined) throw notFound(missing)
    const { alias } = given
    if (alias !== undefined) requireName(alias)
    const tree = await loadFlowTree(tx, realm.id)
    const doc = JSON.stringify({ id, alias, config: keptValues(given.config) })
    await authentication(tx).updateConfig(realm.id, { id, alias: alias ?? null, doc })
    await bindAgain(tx, realm.id, tree, id, alias)
  })
  report(context, 'UPDATE', `authentication/config/${id}`, given)
  return done()
}

/** Executions of realm files name their configuration by its alias: they keep it under a new one, and lose one that is gone. */
async function bindAgain(
  tx: Sql,
  realmId: string,
  tree: FlowTree,
  configId: string,
  alias: string | undefined,
  isGone = false,
): Promise<void> {
  for (const flow of tree.flows) {
    if (!flow.executions.some((step) => tree.configOf(step)?.id === configId)) continue
    const executions = flow.executions.map((step): Execution => {
      if (tree.configOf(step)?.id !== configId) return step
      const { authenticatorConfig: _alias, configId: _configId, ...kept } = step
      return isGone ? kept : { ...kept, configId, ...(alias === undefined ? {} : { authenticatorConfig: alias }) }
    })
    await updateFlow(tx, realmId, { ...flow, executions })
  }
}

async function deleteConfig(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const id = request.params['config'] ?? ''
  await changeFlows(context, async (tx) => {
    const tree = await loadFlowTree(tx, realm.id)
    if ((await authentication(tx).removeConfig(realm.id, id)) === 0) throw notFound(missing)
    await bindAgain(tx, realm.id, tree, id, undefined, true)
  })
  audit(context, { operation: 'DELETE', resourceType: 'AUTHENTICATOR_CONFIG', resourcePath: `authentication/config/${id}` })
  return done()
}
