import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { liveSessionsOf } from '../../sessions/live-sessions.ts'
import { detachClientOfUser } from '../../sessions/logout.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { sessionRows } from '../../storage/sessions.ts'
import type { Consent } from '../../users/consents.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { describeSessions } from '../realms/sessions.ts'
import { findUser } from './users.ts'

const view = ['view-users', 'manage-users'] as const

export const consentRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users/:user/consents', summary: 'What a user has allowed clients', role: view, handle: listConsents },
  {
    method: 'DELETE',
    path: '/users/:user/consents/:client',
    summary: 'Take back what a user has allowed a client, offline tokens included',
    role: ['manage-users'],
    handle: revokeConsent,
  },
  {
    method: 'GET',
    path: '/users/:user/offline-sessions/:client',
    summary: 'Offline sessions of a user in which a client has a part',
    role: view,
    handle: listOfflineSessions,
  },
]

interface ConsentEntry {
  readonly lastUpdatedDate?: number
  readonly clientId: string
  readonly createdDate?: number
  readonly grantedClientScopes: readonly string[]
  readonly additionalGrants: readonly { readonly client: string; readonly key: 'Offline Token' }[]
}

/** Clients, by internal id, that have a part in an offline session of the user: with the ids of these sessions. */
async function offlineClients({ services, realm }: AdminContext, userId: string): Promise<Map<string, string[]>> {
  const sessions = (await liveSessionsOf(services, realm, userId, true)).map(({ id }) => id)
  const parts = await sessionRows(services.database).clientsOf(sessions, true)
  const byClient = Map.groupBy(parts, (part) => part.client_id)
  return new Map(Array.from(byClient, ([clientId, list]) => [clientId, list.map((part) => part.session_id)]))
}

/** Consents first, then clients that have an offline token without one. */
async function listConsents(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const user = await findUser(context)
  const consents = await services.consents.listOf(user.id)
  const offline = await offlineClients(context, user.id)
  const known = new Set(consents.map(({ clientId }) => clientId))
  const names = new Map(
    (await clientRows(services.database).namesOf(realm.id, [...new Set([...known, ...offline.keys()])])).map((row) => [
      row.id,
      row.client_id,
    ]),
  )
  const granted = consents.map((consent) => entryOf(realm, names, consent.clientId, consent, offline.has(consent.clientId)))
  const others = [...offline.keys()].filter((id) => !known.has(id)).map((id) => entryOf(realm, names, id, undefined, true))
  return json([...granted, ...others].filter((entry) => entry !== undefined))
}

/** Undefined for a client that has gone. A scope that is the client itself has the client's name. */
function entryOf(
  realm: RealmSnapshot,
  clientIds: ReadonlyMap<string, string>,
  id: string,
  consent: Consent | undefined,
  offline: boolean,
): ConsentEntry | undefined {
  const clientId = clientIds.get(id)
  if (clientId === undefined) return undefined
  const scopes = new Map(realm.clientScopes.map((scope) => [scope.id, scope.name]))
  const names = (consent?.scopeIds ?? []).flatMap((scopeId) => (scopeId === id ? clientId : (scopes.get(scopeId) ?? [])))
  return {
    ...(consent === undefined ? {} : { lastUpdatedDate: consent.updatedAtMs }),
    clientId,
    ...(consent === undefined ? {} : { createdDate: consent.createdAtMs }),
    grantedClientScopes: names,
    additionalGrants: offline ? [{ client: id, key: 'Offline Token' }] : [],
  }
}

/** By clientId. The client loses its part in the user's sessions, too. */
async function revokeConsent(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  const clientId = request.params['client'] ?? ''
  const client = await realm.client(clientId)
  if (client === undefined) throw new AdminError(404, { error: 'Client not found' })
  const revoked = await services.consents.revoke(user.id, client.id)
  const offline = (await offlineClients(context, user.id)).get(client.id) ?? []
  if (!revoked && offline.length === 0) throw new AdminError(404, { error: 'Consent nor offline token not found' })
  await detachClientOfUser(services, realm, { userId: user.id, clientId: client.id, online: revoked })
  audit(context, { operation: 'ACTION', resourceType: 'USER', resourcePath: `users/${user.id}/consents/${clientId}` })
  return { status: 204, headers: { 'cache-control': 'no-cache' } }
}

async function listOfflineSessions(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  const client = await realm.clientById(request.params['client'] ?? '')
  if (client === undefined) throw new AdminError(404, { error: 'Client not found' })
  const ids = new Set((await offlineClients(context, user.id)).get(client.id))
  const rows = (await liveSessionsOf(services, realm, user.id, true)).filter((row) => ids.has(row.id))
  return json(await describeSessions(services.database, realm, rows))
}
