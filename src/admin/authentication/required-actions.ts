import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { requiredActions } from '../../login/required-actions/index.ts'
import { maxAuthAge } from '../../login/required-actions/required-action-properties.ts'
import { completeRequiredActions } from '../../realm/defaults/required-actions.ts'
import { type RequiredActionProviderRepresentation, requiredActionProviderRepresentation } from '../../representations/authentication.ts'
import { map, text } from '../../representations/fields.ts'
import { mergeRepresentation } from '../../representations/merge.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { authentication } from '../../storage/authentication.ts'
import type { Sql } from '../../storage/sql.ts'
import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json, jsonText, noContent, readRepresentation } from '../bodies.ts'
import { badRequest, done, manageRoles, notFound, readMap, viewRoles } from './answers.ts'
import { changeFlows } from './flows.ts'

const path = '/authentication/required-actions'
const one = `${path}/:action`

export const requiredActionRoutes: readonly AdminRoute[] = [
  // Whoever may see people has to be able to choose an action for one.
  { method: 'GET', path, summary: 'Required actions', role: [...viewRoles, 'view-users', 'query-users'], handle: listActions },
  {
    method: 'GET',
    path: '/authentication/unregistered-required-actions',
    summary: 'Required actions that the realm does not have',
    role: viewRoles,
    handle: listUnregistered,
  },
  {
    method: 'POST',
    path: '/authentication/register-required-action',
    summary: 'Give the realm a required action',
    role: manageRoles,
    handle: register,
  },
  { method: 'GET', path: one, summary: 'One required action', role: viewRoles, handle: getAction },
  { method: 'PUT', path: one, summary: 'Change a required action', role: manageRoles, handle: putAction },
  { method: 'DELETE', path: one, summary: 'Take a required action from the realm', role: manageRoles, handle: deleteAction },
  move('raise-priority', 'Ask a required action before the one before it'),
  move('lower-priority', 'Ask a required action behind the one behind it'),
]

type Action = RequiredActionProviderRepresentation & { readonly alias: string }

/** What a realm may have: provider id, and the name that it has unless it is given another one. */
const providers: readonly { readonly providerId: string; readonly name: string }[] = completeRequiredActions(undefined).map(
  ({ providerId = '', name = '' }) => ({ providerId, name }),
)

/** The settings of a required action. Undefined when there is no such action, or it has none. */
export function settingsOf(alias: string): readonly ConfigProperty[] | undefined {
  const properties = alias === 'idp_link' ? [maxAuthAge] : requiredActions.find((action) => action.alias === alias)?.properties
  return properties?.length === 0 ? undefined : properties
}

export const readAction = (row: { readonly alias: string; readonly doc: string }): Action => {
  const action = JSON.parse(row.doc) as RequiredActionProviderRepresentation
  return { ...action, alias: row.alias, config: action.config ?? {} }
}

const missing = 'Failed to find required action'

/** The required action in the path. The reference says the same with a full stop in some places. */
async function actionInPath(sql: Sql, { request, realm }: AdminContext, message = missing): Promise<Action> {
  const row = await authentication(sql).findRequiredAction(realm.id, request.params['action'] ?? '')
  if (row === undefined) throw notFound(message)
  return readAction(row)
}

async function listActions({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = await authentication(services.database).requiredActions(realm.id)
  return jsonText(printRepresentations(requiredActionProviderRepresentation, rows.map(readAction)))
}

async function getAction(context: AdminContext): Promise<HttpResponse> {
  return jsonText(printRepresentation(requiredActionProviderRepresentation, await actionInPath(context.services.database, context)))
}

async function listUnregistered({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = await authentication(services.database).requiredActions(realm.id)
  const registered = new Set(rows.map((row) => readAction(row).providerId))
  return json(providers.filter(({ providerId }) => !registered.has(providerId)))
}

const report = (context: AdminContext, operation: 'CREATE' | 'UPDATE' | 'DELETE', resourcePath: string, representation?: string): void =>
  audit(context, {
    operation,
    resourceType: 'REQUIRED_ACTION',
    resourcePath: `authentication/${resourcePath}`,
    ...(representation === undefined ? {} : { representation }),
  })

/** The action stands behind all others, and is enabled. */
async function register(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readMap(request, map(text))
  const { providerId = '', name } = given
  if (!providers.some((provider) => provider.providerId === providerId))
    throw badRequest('Required Action Provider with given providerId not found')
  await changeFlows(context, async (tx) => {
    const rows = await authentication(tx).requiredActions(realm.id)
    if (rows.some(({ alias }) => alias === providerId))
      throw new AdminError(409, { error: 'conflict', error_description: 'A Required Action Provider with given alias already exists.' })
    const priority = Math.max(0, ...rows.map((row) => readAction(row).priority ?? 0)) + 1
    const action = {
      alias: providerId,
      ...(name === undefined ? {} : { name }),
      providerId,
      enabled: true,
      defaultAction: false,
      priority,
      config: {},
    }
    await authentication(tx).insertRequiredAction(realm.id, { alias: providerId, priority, doc: JSON.stringify(action) })
  })
  report(context, 'CREATE', 'register-required-action', JSON.stringify({ ...given, id: services.random.uuid() }))
  return done()
}

/** Everything but the provider is replaced; a new alias renames the action (reference behaviour). */
async function putAction(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, requiredActionProviderRepresentation)
  const alias = request.params['action'] ?? ''
  await changeFlows(context, async (tx) => {
    const { providerId: _providerId, ...changes } = given
    const before = await actionInPath(tx, context)
    // Without an alias nothing could find the action any more.
    const merged = mergeRepresentation(requiredActionProviderRepresentation, before, { ...changes, alias: given.alias || before.alias })
    const action = { ...merged, config: merged.config ?? {} }
    const { priority = 0 } = action
    await authentication(tx).updateRequiredAction(realm.id, before.alias, {
      alias: action.alias ?? before.alias,
      priority,
      doc: JSON.stringify(action),
    })
  })
  report(context, 'UPDATE', `required-actions/${alias}`, printRepresentation(requiredActionProviderRepresentation, given))
  return noContent()
}

async function deleteAction(context: AdminContext): Promise<HttpResponse> {
  const alias = await changeFlows(context, async (tx) => {
    const action = await actionInPath(tx, context, `${missing}.`)
    await authentication(tx).removeRequiredAction(context.realm.id, action.alias)
    return action.alias
  })
  report(context, 'DELETE', `required-actions/${alias}`)
  return noContent()
}

/** Changes places with a neighbour. The first cannot be raised, nor the last lowered. */
function move(way: 'raise-priority' | 'lower-priority', summary: string): AdminRoute {
  return { method: 'POST', path: `${one}/${way}`, summary, role: manageRoles, handle }

  async function handle(context: AdminContext): Promise<HttpResponse> {
    const { realm } = context
    const moved = await changeFlows(context, async (tx) => {
      const { alias } = await actionInPath(tx, context, `${missing}.`)
      const actions = (await authentication(tx).requiredActions(realm.id)).map(readAction)
      const index = actions.findIndex((action) => action.alias === alias)
      const [action, neighbour] = [actions[index], actions[index + (way === 'raise-priority' ? -1 : 1)]]
      if (action === undefined || neighbour === undefined) return undefined
      await setPriority(tx, realm.id, action, neighbour.priority ?? 0)
      await setPriority(tx, realm.id, neighbour, action.priority ?? 0)
      return alias
    })
    if (moved !== undefined) report(context, 'UPDATE', `required-actions/${moved}/${way}`)
    return done()
  }
}

const setPriority = (tx: Sql, realmId: string, action: Action, priority: number): Promise<number> =>
  authentication(tx).updateRequiredAction(realmId, action.alias, {
    alias: action.alias,
    priority,
    doc: JSON.stringify({ ...action, priority }),
  })
