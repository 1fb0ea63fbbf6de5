import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { clientRepresentation } from '../../representations/client.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type ClientRow, clients as clientRows } from '../../storage/clients.ts'
import { containing } from '../../storage/like.ts'
import { textHashOrder } from '../../tokens/mappers/hash-order.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, integerParameter, jsonText, noContent } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { forbidden } from '../permissions.ts'
import { accessTo, describeClient, findClient, isReserved, manage, query, view } from './client-view.ts'
import { createClient } from './create-client.ts'
import { updateClient } from './update-client.ts'

/** Clients of one answer at most. */
const pageMax = 100_000

export const clientRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/clients', summary: 'Clients of a realm', role: query, handle: listClients },
  { method: 'POST', path: '/clients', summary: 'Create a client', role: manage, handle: createClient },
  { method: 'GET', path: '/clients/:client', summary: 'One client', role: query, handle: getClient },
  { method: 'PUT', path: '/clients/:client', summary: 'Change a client', role: query, handle: updateClient },
  { method: 'DELETE', path: '/clients/:client', summary: 'Remove a client', role: query, handle: deleteClient },
]

/** By `clientId` exactly, by a part of it with `search=true`, or a page of all. Those who may only query see none (reference behaviour). */
async function listClients(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const parameters = readQuery(request)
  const first = Math.max(0, integerParameter(parameters, 'first') ?? 0)
  const max = integerParameter(parameters, 'max') ?? pageMax
  refuseAttributes(parameters.get('q') ?? '')
  if (!permissions.has(...view)) return jsonText('[]')
  const search = flagParameter(parameters, 'search') ?? false
  const found = await find(context, parameters.get('clientId') ?? '', { search, first, max: max < 0 ? pageMax : max })
  const links = Map.groupBy(await clientRows(services.database).scopeNames(found.map((row) => row.id)), (link) => link.client_id)
  const list = found.map((row) => ({ ...describeClient(realm, row, links.get(row.id) ?? []), access: accessTo(context, row) }))
  return jsonText(printRepresentations(clientRepresentation, list))
}

async function find(
  { services, realm }: AdminContext,
  wanted: string,
  { search, first, max }: { readonly search: boolean; readonly first: number; readonly max: number },
): Promise<ClientRow[]> {
  const rows = clientRows(services.database)
  if (wanted.trim() === '') return rows.list(realm.id, max, first)
  if (search) return rows.search(realm.id, containing(wanted.trim()), max, first)
  const row = await rows.find(realm.id, wanted)
  return row ? [row] : []
}

/**
 * `q` has pairs `name:value`, a value with blanks in quotes. The reference searches only for attributes that its operator has named, and
 * names none by itself.
 */
function refuseAttributes(text: string): void {
  const wanted = Array.from(text.matchAll(/(?:^|\s)("[^"]+"|[^\s:"]+):("[^"]*"|\S*)/g), ([, name = '']) => name.replaceAll('"', ''))
  if (wanted.length === 0) return
  const names = textHashOrder(wanted).join(', ')
  throw new AdminError(400, { error: 'invalid_request', error_description: `Attributes [${names}] not allowed for search` })
}

async function getClient(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, view)
  const links = await clientRows(context.services.database).scopeNames([row.id])
  return jsonText(
    printRepresentation(clientRepresentation, { ...describeClient(context.realm, row, links), access: accessTo(context, row) }),
  )
}

/** Without them people and administrators cannot log in any more. */
const undeletable: ReadonlySet<string> = new Set(['account', 'account-console', 'admin-cli', 'broker', 'security-admin-console'])

/** True for a client that the realm cannot be without. */
export const isIndispensable = (row: Pick<ClientRow, 'client_id'>): boolean => undeletable.has(row.client_id)

/** Throws AdminError for a client that the realm cannot be without. */
export function requireDeletable(context: Pick<AdminContext, 'realm'>, row: Pick<ClientRow, 'client_id'>): void {
  if (isReserved(context, row)) throw forbidden()
  if (isIndispensable(row)) throw new AdminError(400, { error: 'invalid_request', error_description: 'Could not delete client' })
}

/** The user of its service account, its roles, and what sessions, consents and mappings say of it go with it. */
async function deleteClient(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const row = await findClient(context, manage)
  requireDeletable(context, row)
  await changeRealm(context, (tx) => clientRows(tx).remove(realm.id, row.id))
  const representation = printRepresentation(clientRepresentation, { id: row.id, clientId: row.client_id })
  audit(context, { operation: 'DELETE', resourceType: 'CLIENT', resourcePath: `clients/${row.id}`, representation })
  return { ...noContent(), headers: { 'cache-control': 'no-cache' } }
}
