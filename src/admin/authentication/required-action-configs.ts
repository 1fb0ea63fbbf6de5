import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { requiredActionConfigRepresentation } from '../../representations/authentication.ts'
import { printRepresentation } from '../../representations/print.ts'
import { authentication } from '../../storage/authentication.ts'
import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json, jsonText, readRepresentation } from '../bodies.ts'
import { describeProperties } from '../property.ts'
import { badRequest, done, manageRoles, notFound, viewRoles } from './answers.ts'
import { changeFlows } from './flows.ts'
import { readAction, settingsOf } from './required-actions.ts'

const path = '/authentication/required-actions/:action'

export const requiredActionConfigRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: `${path}/config`, summary: "A required action's settings", role: viewRoles, handle: getConfig },
  { method: 'PUT', path: `${path}/config`, summary: "Change a required action's settings", role: manageRoles, handle: putConfig },
  { method: 'DELETE', path: `${path}/config`, summary: "Forget a required action's settings", role: manageRoles, handle: deleteConfig },
  {
    method: 'GET',
    path: `${path}/config-description`,
    summary: 'Which settings a required action has',
    role: viewRoles,
    handle: describeConfig,
  },
]

const aliasOf = ({ request }: AdminContext): string => request.params['action'] ?? ''

/** The settings that the action in the path can have. */
function requireSettings(context: AdminContext): readonly ConfigProperty[] {
  const settings = settingsOf(aliasOf(context))
  if (settings === undefined) throw badRequest('RequiredAction is not configurable')
  return settings
}

async function describeConfig(context: AdminContext): Promise<HttpResponse> {
  const settings = settingsOf(aliasOf(context))
  if (settings === undefined) throw notFound('Could not find configurable RequiredAction provider')
  return json({ properties: describeProperties(settings) })
}

async function getConfig(context: AdminContext): Promise<HttpResponse> {
  requireSettings(context)
  const row = await authentication(context.services.database).findRequiredAction(context.realm.id, aliasOf(context))
  if (row === undefined) throw notFound('Could not find RequiredAction config')
  return jsonText(printRepresentation(requiredActionConfigRepresentation, { config: readAction(row).config ?? {} }))
}

/** Settings that count: whole numbers from 0. The reference checks no others. */
const numbers: ReadonlySet<string> = new Set(['max_auth_age', 'warning_threshold'])
const integerMax = 2 ** 31 - 1

function requireNumbers(config: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(config)) {
    if (!numbers.has(name)) continue
    const number = /^[+-]?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(number) || Math.abs(number) > integerMax)
      throw new AdminError(400, { field: name, errorMessage: 'error-invalid-value', params: [name] })
    if (number < 0) throw new AdminError(400, { field: name, errorMessage: 'error-number-out-of-range-too-small', params: [name, 0] })
  }
}

/** Replaces all settings; empty ones and those that the action does not have are dropped (reference behaviour). */
async function putConfig(context: AdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, requiredActionConfigRepresentation)
  const known = new Set(requireSettings(context).map(({ name }) => name))
  const config = Object.fromEntries(Object.entries(given.config ?? {}).filter(([name, value]) => value !== '' && known.has(name)))
  requireNumbers(config)
  await write(context, config)
  report(context, 'UPDATE', printRepresentation(requiredActionConfigRepresentation, given))
  return done()
}

async function deleteConfig(context: AdminContext): Promise<HttpResponse> {
  requireSettings(context)
  await write(context, {})
  report(context, 'DELETE')
  return done()
}

const write = (context: AdminContext, config: Record<string, string>): Promise<void> =>
  changeFlows(context, async (tx) => {
    const row = await authentication(tx).findRequiredAction(context.realm.id, aliasOf(context))
    if (row === undefined) throw notFound('Could not find RequiredAction config')
    const action = { ...readAction(row), config }
    await authentication(tx).updateRequiredAction(context.realm.id, row.alias, {
      alias: row.alias,
      priority: action.priority ?? 0,
      doc: JSON.stringify(action),
    })
  })

const report = (context: AdminContext, operation: 'UPDATE' | 'DELETE', representation?: string): void =>
  audit(context, {
    operation,
    resourceType: 'REQUIRED_ACTION_CONFIG',
    resourcePath: `authentication/required-actions/${aliasOf(context)}/config`,
    ...(representation === undefined ? {} : { representation }),
  })
