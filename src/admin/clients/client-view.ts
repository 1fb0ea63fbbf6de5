import { AdminError } from '../../http/errors.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { type ClientRow, type ClientScopeLinkRow, clients as clientRows } from '../../storage/clients.ts'
import type { Sql } from '../../storage/sql.ts'
import { hashOrder } from '../../tokens/mappers/hash-order.ts'
import { algorithmsOfClient, missingKeys } from '../../transfer/missing-keys.ts'
import { writeComponents } from '../../transfer/write-components.ts'
import type { AdminContext } from '../admin-route.ts'
import { changeRealm } from '../change-realm.ts'
import { forbidden } from '../permissions.ts'

export const view = ['view-clients', 'manage-clients'] as const
export const manage = ['manage-clients'] as const
/** Who may ask for clients at all; what they are told is another matter. */
export const query = [...view, 'query-clients'] as const

const noClient = (): AdminError => new AdminError(404, { error: 'Could not find client' })

/** The answer of the reference to what it fails over. */
export const unknownError = (): AdminError =>
  new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

export const duplicateError = (): AdminError => new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })

/** The client that the path names. Throws AdminError: 404, which only those are told who may query clients. */
export async function requireClient({ request, services, realm, permissions }: AdminContext): Promise<ClientRow> {
  const row = await clientRows(services.database).findById(realm.id, request.params['client'] ?? '')
  if (row !== undefined) return row
  permissions.require(...query)
  throw noClient()
}

/** The client in the path. Who may query clients learns that there is none, and no more. */
export async function findClient(context: AdminContext, roles: readonly string[]): Promise<ClientRow> {
  const { permissions } = context
  const row = await requireClient(context)
  permissions.require(...roles)
  if (roles === manage && isReserved(context, row)) throw forbidden()
  return row
}

/** The clients that stand for the administration itself cannot be reconfigured (reference behaviour). */
export const isReserved = ({ realm }: Pick<AdminContext, 'realm'>, row: Pick<ClientRow, 'client_id'>): boolean =>
  row.client_id === 'realm-management' || (realm.name === 'master' && row.client_id.endsWith('-realm'))

/** Longest ids and names: the reference's database holds no more, and fails over it. */
export const idMax = 36
const nameMax = 255

/** Throws AdminError for an id or name that is too long. */
export function requireStorable({ id = '', name = '' }: { readonly id?: string | undefined; readonly name?: string | undefined }): void {
  if (id.length > idMax || name.length > nameMax) throw unknownError()
}

/** The settings of a stored client, its ids among them. Members that have a place of their own are not in it. */
export const readClient = (row: ClientRow): ClientRepresentation & { id: string; clientId: string } => ({
  ...(JSON.parse(row.doc) as ClientRepresentation),
  id: row.id,
  clientId: row.client_id,
})

/** The text of a client's doc column: scopes are links, and what only a request or an answer has is left out. */
export function clientDoc(client: ClientRepresentation): string {
  const {
    id: _id,
    clientId: _clientId,
    defaultClientScopes,
    optionalClientScopes,
    access,
    origin,
    registrationAccessToken,
    ...doc
  } = client
  if (doc.authorizationServicesEnabled === false) delete doc.authorizationServicesEnabled
  if (doc.protocolMappers?.length === 0) delete doc.protocolMappers
  if (doc.registeredNodes && Object.keys(doc.registeredNodes).length === 0) delete doc.registeredNodes
  return JSON.stringify(doc)
}

type ClientChange = (client: ReturnType<typeof readClient>, tx: Sql) => Promise<ClientRepresentation> | ClientRepresentation

/** Changes the client in the path; see changeClientOf. The caller has the right already, by findClient. */
export const changeClient = (context: AdminContext, change: ClientChange): Promise<ReturnType<typeof readClient>> =>
  changeClientOf(context, context.request.params['client'] ?? '', change)

/**
 * Changes a client in one transaction: `change` is given it as it is then, so that no change of another is lost, and returns it as it shall
 * be. Throws AdminError 404 when it is gone.
 */
export async function changeClientOf(
  context: Pick<AdminContext, 'services' | 'realm'>,
  clientUuid: string,
  change: ClientChange,
): Promise<ReturnType<typeof readClient>> {
  const { realm, services } = context
  return changeRealm(context, async (tx) => {
    const row = await clientRows(tx).findById(realm.id, clientUuid)
    if (row === undefined) throw noClient()
    const next = await change(readClient(row), tx)
    const clientId = next.clientId ?? row.client_id
    await clientRows(tx).update(realm.id, { id: row.id, clientId, doc: clientDoc(next) })
    await writeComponents(tx, realm.id, await missingKeys(realm, algorithmsOfClient(next), services))
    return { ...next, id: row.id, clientId }
  })
}

/** Read from the realm's snapshot: the docs of all scopes of all clients would be parsed for a page otherwise. */
const scopeProtocols = ({ clientScopes }: RealmSnapshot): ReadonlyMap<string, string> =>
  new Map(clientScopes.map(({ id, protocol }) => [id, protocol]))

/** A client's scopes in the reference's order; those of another protocol do not count. */
export function scopesOf(
  realm: RealmSnapshot,
  protocol: string,
  links: readonly ClientScopeLinkRow[],
): { readonly byDefault: readonly ClientScopeLinkRow[]; readonly onRequest: readonly ClientScopeLinkRow[] } {
  const protocols = realm.derived(scopeProtocols)
  // A scope that the snapshot does not have yet was made a moment ago.
  const ours = links.filter((link) => (protocols.get(link.scope_id) ?? protocol) === protocol)
  const ordered = (isDefault: number): ClientScopeLinkRow[] =>
    hashOrder(
      ours.filter((link) => link.is_default === isDefault),
      (link) => link.name,
    )
  return { byDefault: ordered(1), onRequest: ordered(0) }
}

const names = (links: readonly ClientScopeLinkRow[]): string[] => links.map((link) => link.name)

/** A client as the reference prints it, without what the caller may do with it. */
export function describeClient(realm: RealmSnapshot, row: ClientRow, links: readonly ClientScopeLinkRow[]): ClientRepresentation {
  const { secret, authorizationSettings: _settings, ...client } = readClient(row)
  const { byDefault, onRequest } = scopesOf(realm, client.protocol ?? 'openid-connect', links)
  return {
    ...client,
    // A public client may have a secret from its time as another, which is not shown.
    ...(secret === undefined || client.publicClient ? {} : { secret }),
    defaultClientScopes: names(byDefault),
    optionalClientScopes: names(onRequest),
  }
}

/** What the caller may do with a client. */
export function accessTo(context: AdminContext, row: ClientRow): Record<string, boolean> {
  const may = context.permissions.has(...manage) && !isReserved(context, row)
  return { view: true, configure: may, manage: may }
}
