import { describeClient } from '../admin/clients/client-view.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { type ClientRow, clients as clientRows } from '../storage/clients.ts'
import type { RegistrationRequest } from './request.ts'

/** The client of the path. Undefined: there is none, which only those learn who may know. */
export const clientOfPath = ({ request, services, realm }: RegistrationRequest): Promise<ClientRow | undefined> =>
  clientRows(services.database).find(realm.id, request.params['client'] ?? '')

/** A client that was written a moment ago. */
export async function clientOfName({ services, realm }: RegistrationRequest, clientId: string): Promise<ClientRow> {
  const row = await clientRows(services.database).find(realm.id, clientId)
  if (row === undefined) throw new Error(`client ${clientId} was removed while it was registered`)
  return row
}

/** A stored client with the names of its scopes. */
export async function describe({ services, realm }: RegistrationRequest, row: ClientRow): Promise<ClientRepresentation> {
  return describeClient(realm, row, await clientRows(services.database).scopeNames([row.id]))
}
