import { describeServer, findResourceServer, settingsOf } from '../../authorization/resource-server.ts'
import { exportSettings, importSettings } from '../../authorization/settings.ts'
import { duplicateResource } from '../../authorization/write-resources.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { resourceServerRepresentation } from '../../representations/authorization.ts'
import { arrangeRepresentation } from '../../representations/print.ts'
import { resourceServers } from '../../storage/resource-servers.ts'
import type { AdminRoute } from '../admin-route.ts'
import { noContent, readRepresentation } from '../bodies.ts'
import { auditServer, plainJson, type ServerAdminContext, serverRoute, write } from './server-route.ts'

export const resourceServerRoutes: readonly AdminRoute[] = [
  serverRoute('GET', '', 'Authorization services of a client', 'view', getServer),
  serverRoute('PUT', '', 'Change authorization services', 'manage', updateServer),
  serverRoute('GET', '/settings', 'Export authorization settings', 'manage', getSettings),
  serverRoute('POST', '/import', 'Import authorization settings', 'manage', importServer),
]

const printed = (server: ServerAdminContext['server']): Record<string, unknown> =>
  arrangeRepresentation(resourceServerRepresentation, describeServer(server))

async function getServer({ server }: ServerAdminContext): Promise<HttpResponse> {
  return plainJson(printed(server))
}

/** Tells the audit log what the server has become. */
async function auditChange(context: ServerAdminContext, path: string): Promise<void> {
  const changed = await findResourceServer(context.services.database, context.realm.id, context.server.id)
  auditServer(context, 'UPDATE', 'RESOURCE_SERVER', path, printed(changed ?? context.server))
}

async function updateServer(context: ServerAdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, resourceServerRepresentation)
  if (given.decisionStrategy === undefined) throw duplicateResource()
  if (given.decisionStrategy === 'CONSENSUS') {
    throw new AdminError(400, { error: 'invalid_request', error_description: 'Decision strategy must be AFFIRMATIVE or UNANIMOUS' })
  }
  await write(context, ({ tx, server }) => resourceServers(tx).update(server.id, settingsOf(given)))
  await auditChange(context, '')
  return noContent()
}

async function getSettings({ services, realm, server }: ServerAdminContext): Promise<HttpResponse> {
  return plainJson(arrangeRepresentation(resourceServerRepresentation, await exportSettings(services.database, realm.id, server)))
}

async function importServer(context: ServerAdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, resourceServerRepresentation)
  await write(context, (target) => importSettings(target, given))
  await auditChange(context, '/import')
  return noContent()
}
