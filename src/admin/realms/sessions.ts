import { nowSeconds } from '../../clock.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { UserSessionRepresentation } from '../../representations/user.ts'
import { liveSessionsOf } from '../../sessions/live-sessions.ts'
import { logoutRealm, logoutSession, logoutUser } from '../../sessions/logout.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { sessionRows, type UserSessionRow } from '../../storage/sessions.ts'
import type { Sql } from '../../storage/sql.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { users as userRows } from '../../storage/users.ts'
import { updateRealm } from '../../transfer/update-realm.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { flagParameter, json, noContent, pageParameters, silentJson } from '../bodies.ts'
import { findUser } from '../users/users.ts'

const manageUsers = ['manage-users'] as const
const viewUsers = ['view-users', 'manage-users'] as const

const viewClients = ['view-clients', 'manage-clients'] as const

/** Sessions of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 100

/** The paths below a client: online and offline sessions, listed and counted. */
const ofClient = [
  { offline: false, list: 'user-sessions', count: 'session-count' },
  { offline: true, list: 'offline-sessions', count: 'offline-session-count' },
] as const

export const sessionRoutes: readonly AdminRoute[] = [
  ...ofClient.flatMap(({ offline, list, count }): AdminRoute[] => [
    {
      method: 'GET',
      path: `/clients/:client/${list}`,
      summary: 'Sessions in which a client has a part',
      role: viewClients,
      handle: (context) => listOfClient(context, offline),
    },
    {
      method: 'GET',
      path: `/clients/:client/${count}`,
      summary: 'How many sessions a client has a part in',
      role: viewClients,
      handle: (context) => countOfClient(context, offline),
    },
  ]),
  { method: 'POST', path: '/users/:user/logout', summary: 'End all sessions of a user', role: manageUsers, handle: logoutOneUser },
  { method: 'GET', path: '/users/:user/sessions', summary: 'Sessions of a user', role: viewUsers, handle: listOfUser },
  { method: 'DELETE', path: '/sessions/:session', summary: 'End one session', role: manageUsers, handle: deleteSession },
  { method: 'POST', path: '/logout-all', summary: 'End all sessions of the realm', role: manageUsers, handle: logoutAll },
]

async function logoutOneUser(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const user = await findUser(context)
  await logoutUser(services, realm, user.id, request.baseUrl)
  await userChanges(services.database).setNotBefore(realm.id, user.id, nowSeconds(services.clock))
  audit(context, { operation: 'ACTION', resourceType: 'USER', resourcePath: `users/${user.id}/logout` })
  return noContent()
}

async function listOfUser(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const user = await findUser(context)
  return json(await describeSessions(services.database, realm, await liveSessionsOf(services, realm, user.id, false)))
}

async function clientIdOf({ request, services, realm }: AdminContext): Promise<string> {
  const row = await clientRows(services.database).findById(realm.id, request.params['client'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find client' })
  return row.id
}

async function listOfClient(context: AdminContext, offline: boolean): Promise<HttpResponse> {
  const { services, realm, request } = context
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  await services.sessions.settle()
  const rows = await sessionRows(services.database).ofClient(realm.id, await clientIdOf(context), offline, page)
  return json(await describeSessions(services.database, realm, rows))
}

/** Sessions that are over and not yet swept away are counted, too. */
async function countOfClient(context: AdminContext, offline: boolean): Promise<HttpResponse> {
  return json({ count: await sessionRows(context.services.database).countOfClient(await clientIdOf(context), offline) })
}

/** Sessions as the reference prints them; their users and clients are read once for all. */
export async function describeSessions(
  sql: Sql,
  realm: RealmSnapshot,
  rows: readonly UserSessionRow[],
): Promise<UserSessionRepresentation[]> {
  const ids = rows.map((row) => row.id)
  const names = new Map<string, string>()
  for (const { id, username } of await userRows(sql).namesOf([...new Set(rows.map((row) => row.user_id))])) names.set(id, username)
  const parts = Map.groupBy(await sessionRows(sql).clientsOf(ids, rows[0]?.offline === 1), (part) => part.session_id)
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      username: names.get(row.user_id) ?? '',
      userId: row.user_id,
      ipAddress: (JSON.parse(row.doc) as { ipAddress: string }).ipAddress,
      // Whole seconds, though the member counts milliseconds (reference behaviour).
      start: wholeSeconds(row.started_at_ms),
      lastAccess: wholeSeconds(row.last_refresh_ms),
      rememberMe: row.remember_me === 1,
      clients: await clientNames(
        realm,
        (parts.get(row.id) ?? []).map((part) => part.client_id),
      ),
      transientUser: false,
    })),
  )
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000

async function clientNames(realm: RealmSnapshot, ids: readonly string[]): Promise<Record<string, string>> {
  const found = await Promise.all(ids.map((id) => realm.clientById(id)))
  return Object.fromEntries(found.flatMap((client) => (client === undefined ? [] : [[client.id, client.clientId] as const])))
}

async function deleteSession(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const id = request.params['session'] ?? ''
  const offline = flagParameter(readQuery(request), 'isOffline') ?? false
  const alive = await services.sessions.find(realm, id, offline)
  const ended = alive && (await logoutSession(services, realm, { id, offline }, request.baseUrl))
  // The spelling is the reference's.
  if (ended === undefined) throw new AdminError(404, { error: 'Sesssion not found' })
  audit(context, {
    operation: 'DELETE',
    resourceType: 'USER_SESSION',
    resourcePath: `sessions/${id}`,
    representation: JSON.stringify({ offline }),
  })
  return noContent()
}

/** Tokens issued until now are void, too: also those of offline sessions, which stay (reference behaviour). */
async function logoutAll(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  await logoutRealm(services, realm)
  await updateRealm(services, realm, { notBefore: nowSeconds(services.clock) })
  audit(context, { operation: 'ACTION', resourceType: 'REALM', resourcePath: 'logout-all', representation: '{}' })
  return silentJson({})
}
