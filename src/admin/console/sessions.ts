import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { type ConsoleSessionRow, consoleLists, type SessionSearch } from '../../storage/console-lists.ts'
import { containing } from '../../storage/like.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { pageParameters, silentJson } from '../bodies.ts'

export const consoleSessionRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/ui-ext/sessions',
    summary: 'Sessions of a realm, online and offline',
    role: ['view-realm', 'manage-realm'],
    handle: listSessions,
  },
  {
    method: 'GET',
    path: '/ui-ext/sessions/client',
    summary: 'Sessions in which a client has a part, online and offline',
    role: ['view-clients', 'manage-clients'],
    handle: listSessionsOfClient,
  },
]

/** Sessions of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

const kinds: ReadonlyMap<string, boolean | undefined> = new Map([
  ['ALL', undefined],
  ['REGULAR', false],
  ['OFFLINE', true],
])

function searchOf({ request, services, realm }: AdminContext): SessionSearch {
  const query = readQuery(request)
  const type = query.get('type') ?? 'ALL'
  if (!kinds.has(type)) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  const page = pageParameters(query, pageDefault)
  return { ...page, realmId: realm.id, offline: kinds.get(type), nowMs: services.clock.now(), pattern: containing(query.get('search')) }
}

async function listSessions(context: AdminContext): Promise<HttpResponse> {
  return describe(context, await consoleLists(context.services.database).sessions(searchOf(context)))
}

async function listSessionsOfClient(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const client = await clientRows(services.database).findById(realm.id, readQuery(request).get('clientId') ?? '')
  if (client === undefined) throw new AdminError(404, { error: 'Could not find client' })
  return describe(context, await consoleLists(services.database).sessionsOfClient(searchOf(context), client.id))
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000

async function describe({ services }: AdminContext, rows: readonly ConsoleSessionRow[]): Promise<HttpResponse> {
  const clients = await consoleLists(services.database).sessionClients(rows.map((row) => row.id))
  const parts = Map.groupBy(clients, (part) => `${part.offline} ${part.session_id}`)
  return silentJson(
    rows.map((row) => ({
      id: row.id,
      username: row.username,
      userId: row.user_id,
      ipAddress: (JSON.parse(row.doc) as { ipAddress: string }).ipAddress,
      start: wholeSeconds(row.started_at_ms),
      lastAccess: wholeSeconds(row.last_refresh_ms),
      transientUser: false,
      type: row.offline === 1 ? 'OFFLINE' : 'REGULAR',
      clients: Object.fromEntries((parts.get(`${row.offline} ${row.id}`) ?? []).map((part) => [part.client_id, part.client])),
    })),
  )
}
