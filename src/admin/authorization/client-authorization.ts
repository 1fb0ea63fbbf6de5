import { type AuthorizationChange, applyAuthorization } from '../../authorization/client-settings.ts'
import { describeServer, findResourceServer } from '../../authorization/resource-server.ts'
import { resourceServerRepresentation } from '../../representations/authorization.ts'
import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import { maskRepresentation } from '../../representations/mask.ts'
import { arrangeRepresentation, printRepresentation } from '../../representations/print.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, audit } from '../admin-route.ts'

/**
 * Brings the authorization services of a client in line with its switches. Call it inside of the transaction that writes the client, after
 * its service account; what is stored of the client goes through withoutAuthorizationSettings. Throws AdminError.
 */
export const writeClientAuthorization = (
  { realm, services }: Pick<AdminContext, 'realm' | 'services'>,
  tx: Sql,
  client: ClientRepresentation & { readonly id: string },
): Promise<AuthorizationChange> => applyAuthorization(tx, realm.id, client, services.random)

/**
 * Tells the audit log what became of a client's authorization services, as the reference does: after the event of a new client, before that
 * of a changed one. `patch` is the body of a PUT.
 */
export async function auditClientAuthorization(
  context: Pick<AdminContext, 'services' | 'caller' | 'realm'>,
  client: { readonly id: string; readonly clientId: string },
  { kind, imported }: AuthorizationChange,
  patch?: ClientRepresentation,
): Promise<void> {
  if (kind === 'none') return
  const path = `clients/${client.id}`
  const resourceType = 'AUTHORIZATION_RESOURCE_SERVER'
  const printed = (server: Parameters<typeof describeServer>[0]): string =>
    JSON.stringify(arrangeRepresentation(resourceServerRepresentation, describeServer(server)))
  const initial = {
    ...client,
    allowRemoteResourceManagement: true,
    policyEnforcementMode: 'ENFORCING',
    decisionStrategy: 'UNANIMOUS',
  } as const
  audit(context, {
    operation: kind === 'enabled' ? 'CREATE' : 'DELETE',
    resourceType,
    resourcePath: path,
    representation: printed(initial),
  })
  if (patch !== undefined) {
    const representation = printRepresentation(clientRepresentation, maskRepresentation(clientRepresentation, patch, 'export'))
    audit(context, { operation: 'UPDATE', resourceType, resourcePath: path, representation })
  }
  const server = imported ? await findResourceServer(context.services.database, context.realm.id, client.id) : undefined
  if (server !== undefined) audit(context, { operation: 'UPDATE', resourceType, resourcePath: 'clients', representation: printed(server) })
}
