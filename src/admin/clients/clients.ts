import { nowSeconds } from '../../clock.ts'
import { randomAlphanumeric } from '../../crypto/random.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { userRepresentation } from '../../representations/user.ts'
import { type ClientRow, clients as clientRows } from '../../storage/clients.ts'
import { users as userRows } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { integerParameter, json, jsonText } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { describeUser } from '../users/users.ts'

const view = ['view-clients', 'manage-clients'] as const
const manage = ['manage-clients'] as const
const query = [...view, 'query-clients'] as const

/** Characters of a generated secret, as the reference makes them: 512 bits. */
const secretLength = 86
/** Clients of one page when the caller does not say how many. */
const pageMax = 100_000

export const clientRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/clients', summary: 'Clients of a realm', role: query, handle: listClients },
  { method: 'GET', path: '/clients/:client', summary: 'One client', role: query, handle: getClient },
  { method: 'GET', path: '/clients/:client/client-secret', summary: "A client's secret", role: query, handle: getSecret },
  { method: 'POST', path: '/clients/:client/client-secret', summary: 'Make a new secret', role: query, handle: rotateSecret },
  {
    method: 'GET',
    path: '/clients/:client/service-account-user',
    summary: "The user of a client's service account",
    role: query,
    handle: getServiceAccountUser,
  },
]

/** By `clientId` exactly, by a part of it with `search=true`, or a page of all. Those who may only query see none (reference behaviour). */
async function listClients(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const query = readQuery(request)
  const clientId = query.get('clientId')
  const first = integerParameter(query, 'first') ?? 0
  const max = integerParameter(query, 'max') ?? pageMax
  if (!permissions.has(...view)) return json([])
  const rows = clientRows(services.database)
  const found = await find(context, clientId, {
    search: query.get('search') === 'true',
    first: Math.max(0, first),
    max: max < 0 ? pageMax : max,
  })
  const scopes = Map.groupBy(await rows.scopeNames(found.map((row) => row.id)), (link) => link.client_id)
  const list = found.map((row) => describeClient(context, row, scopes.get(row.id) ?? []))
  return jsonText(printRepresentations(clientRepresentation, list))

  async function find(
    { realm: { id } }: AdminContext,
    wanted: string | undefined,
    page: { search: boolean; first: number; max: number },
  ): Promise<ClientRow[]> {
    if (wanted === undefined || wanted.trim() === '') return rows.list(id, page.max, page.first)
    if (page.search) return rows.search(id, `%${escapeLike(wanted.trim().toLowerCase())}%`, page.max, page.first)
    const row = await rows.find(realm.id, wanted)
    return row ? [row] : []
  }
}

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (character) => `!${character}`)

/** The client in the path. Who may query clients learns that there is none, and no more. */
async function findClient({ request, services, realm, permissions }: AdminContext, roles: readonly string[]): Promise<ClientRow> {
  const row = await clientRows(services.database).findById(realm.id, request.params['client'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find client' })
  permissions.require(...roles)
  return row
}

/** A client as the reference prints it, with what the caller may do with it. */
function describeClient(
  { realm, permissions }: AdminContext,
  row: ClientRow,
  links: readonly { name: string; is_default: number }[],
): ClientRepresentation {
  const named = (isDefault: number): string[] => links.filter((link) => link.is_default === isDefault).map((link) => link.name)
  const may = permissions.has(...manage)
  // The clients that stand for the administration itself cannot be reconfigured.
  const reserved = row.client_id === 'realm-management' || (realm.name === 'master' && row.client_id.endsWith('-realm'))
  const { secret, ...client } = JSON.parse(row.doc) as ClientRepresentation
  return {
    id: row.id,
    clientId: row.client_id,
    ...client,
    // A public client may have a secret from its time as another, which is not shown.
    ...(secret === undefined || client.publicClient ? {} : { secret }),
    defaultClientScopes: named(1),
    optionalClientScopes: named(0),
    access: { view: true, configure: may && !reserved, manage: may && !reserved },
  }
}

async function getClient(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, view)
  const links = await clientRows(context.services.database).scopeNames([row.id])
  return jsonText(printRepresentation(clientRepresentation, describeClient(context, row, links)))
}

async function getSecret(context: AdminContext): Promise<HttpResponse> {
  const { secret } = JSON.parse((await findClient(context, view)).doc) as ClientRepresentation
  return json(secret === undefined ? { type: 'secret' } : { type: 'secret', value: secret })
}

/** The old secret is void at once. */
async function rotateSecret(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const row = await findClient(context, manage)
  const value = randomAlphanumeric(services.random, secretLength)
  await changeRealm(context, async (tx) => {
    const client = JSON.parse(row.doc) as ClientRepresentation
    const attributes = { ...client.attributes, 'client.secret.creation.time': String(nowSeconds(services.clock)) }
    const doc = JSON.stringify({ ...client, secret: value, attributes })
    await clientRows(tx).update(realm.id, { id: row.id, clientId: row.client_id, doc })
  })
  audit(context, { operation: 'ACTION', resourceType: 'CLIENT', resourcePath: `clients/${row.id}/client-secret` })
  return json({ type: 'secret', value })
}

async function getServiceAccountUser(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, view)
  const user = await userRows(context.services.database).findServiceAccount(row.id)
  if (user === undefined) throw new AdminError(400, { error: `Service account not enabled for the client '${row.client_id}'` })
  return jsonText(printRepresentation(userRepresentation, await describeUser(context, user)))
}
