import { json, noContentUncached } from '../http/api-answers.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { toldSessionEndMs } from '../sessions/lifespans.ts'
import { lifeOf, liveSessionsOf } from '../sessions/live-sessions.ts'
import { type EndedSession, logoutSessions } from '../sessions/logout.ts'
import type { SessionDoc } from '../sessions/sessions.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { sessionRows, type UserSessionRow } from '../storage/sessions.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { report, secondsOf } from './answers.ts'
import { type Device, deviceOf } from './user-agent.ts'

const view = ['manage-account', 'view-profile'] as const
const manage = ['manage-account'] as const

export const sessionRoutes: readonly AccountRoute[] = [
  { method: 'GET', path: '/sessions', summary: 'Where somebody is logged in', roles: view, handle: listSessions },
  { method: 'GET', path: '/sessions/devices', summary: 'The same by devices, with offline sessions', roles: view, handle: listDevices },
  {
    method: 'DELETE',
    path: '/sessions',
    summary: 'Log out everywhere else, or with ?current=true everywhere',
    roles: manage,
    handle: logoutAll,
  },
  { method: 'DELETE', path: '/sessions/:session', summary: 'Log out of one session', roles: manage, handle: logoutOne },
]

interface ShownSession {
  readonly id: string
  readonly current?: true
  readonly [member: string]: unknown
}

interface Described {
  readonly row: UserSessionRow
  readonly device: Device
  readonly session: ShownSession
}

const isCurrent = ({ caller }: AccountContext, { id }: UserSessionRow): boolean => caller.session?.id === id

const liveRows = ({ services, realm, caller }: AccountContext, offline: boolean): Promise<UserSessionRow[]> =>
  liveSessionsOf(services, realm, caller.user.id, offline)

/** Sessions of one kind by their ids, with the clients that have a part in them: two statements for all. */
async function describeSessions(context: AccountContext, rows: readonly UserSessionRow[], offline: boolean): Promise<Described[]> {
  const { services, realm } = context
  if (rows.length === 0) return []
  const parts = await sessionRows(services.database).clientsOf(
    rows.map(({ id }) => id),
    offline,
  )
  const ids = [...new Set(parts.map(({ client_id }) => client_id))]
  const clients = new Map((await clientRows(services.database).findMany(realm.id, ids)).map((row) => [row.id, shownClient(row)]))
  const bySession = Map.groupBy(parts, ({ session_id }) => session_id)
  return rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((row) => {
      const { ipAddress, userAgent } = JSON.parse(row.doc) as SessionDoc
      const device = deviceOf(userAgent)
      const life = lifeOf(row)
      const endMs = toldSessionEndMs(realm, life)
      const session: ShownSession = {
        id: row.id,
        ipAddress,
        started: secondsOf(life.startedAtMs),
        lastAccess: secondsOf(life.lastRefreshMs),
        ...(Number.isFinite(endMs) ? { expires: secondsOf(endMs) } : {}),
        clients: (bySession.get(row.id) ?? []).flatMap(({ client_id }) => clients.get(client_id) ?? []),
        ...(device.browser === undefined ? {} : { browser: device.browser }),
        ...(isCurrent(context, row) ? { current: true } : {}),
      }
      return { row, device, session }
    })
}

/** Of a client a session tells no more than the name: the rest is the application list's, and false here (reference behaviour). */
function shownClient({ client_id: clientId, doc }: { readonly client_id: string; readonly doc: string }): Record<string, unknown> {
  const { name } = JSON.parse(doc) as ClientRepresentation
  return { clientId, ...(name === undefined ? {} : { clientName: name }), userConsentRequired: false, inUse: false, offlineAccess: false }
}

async function listSessions(context: AccountContext): Promise<HttpResponse> {
  const described = await describeSessions(context, await liveRows(context, false), false)
  return json(described.map(({ session }) => session))
}

/** Sessions from systems of one name and version are from one device, since nothing tells machines of one kind apart (reference behaviour). */
async function listDevices(context: AccountContext): Promise<HttpResponse> {
  const described = [
    ...(await describeSessions(context, await liveRows(context, false), false)),
    ...(await describeSessions(context, await liveRows(context, true), true)),
  ]
  const devices = Map.groupBy(described, ({ device }) => `${device.os} ${device.osVersion}`)
  return json(
    Array.from(devices.values(), (own) => {
      const { os, osVersion, device, mobile } = own[0]?.device ?? deviceOf(undefined)
      return {
        os,
        osVersion,
        device,
        lastAccess: secondsOf(Math.max(...own.map(({ row }) => row.last_refresh_ms))),
        ...(own.some(({ session }) => session.current) ? { current: true } : {}),
        sessions: own.map(({ session }) => session),
        mobile,
      }
    }),
  )
}

/** Ends sessions, online and offline ones; those of others are not among them. */
async function end(context: AccountContext, isMeant: (row: UserSessionRow) => boolean): Promise<HttpResponse> {
  const { services, realm, request } = context
  const ended: EndedSession[] = []
  for (const offline of [false, true]) {
    const rows = (await liveRows(context, offline)).filter(isMeant)
    ended.push(...(await logoutSessions(services, realm, rows, offline, request.baseUrl)))
  }
  for (const { id } of ended) report(context, { type: 'LOGOUT', sessionId: id })
  return noContentUncached()
}

async function logoutAll(context: AccountContext): Promise<HttpResponse> {
  const withCurrent = readQuery(context.request).get('current')?.toLowerCase() === 'true'
  return end(context, (row) => withCurrent || !isCurrent(context, row))
}

/** A session that is nobody's, or somebody else's, is left alone without a word (reference behaviour). */
async function logoutOne(context: AccountContext): Promise<HttpResponse> {
  return end(context, ({ id }) => id === context.request.params['session'])
}
