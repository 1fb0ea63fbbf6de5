import { defaultStoredTypes, isEventType } from '../../events/types.ts'
import { AdminError } from '../../http/errors.ts'
import { queryParameters } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import {
  type AdminEventRepresentation,
  adminEventRepresentation,
  type EventRepresentation,
  eventRepresentation,
  type RealmEventsConfigRepresentation,
  realmEventsConfigRepresentation,
} from '../../representations/events.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type AdminEventRow, adminEventRows, type EventFilter, type EventRow, eventRows } from '../../storage/events.ts'
import { updateRealm } from '../../transfer/update-realm.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { integerParameter, jsonText, noContent, readRepresentation } from '../bodies.ts'

const view = ['view-events', 'manage-events'] as const
const manage = ['manage-events'] as const

export const eventRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/events', summary: 'Stored events', role: view, handle: listEvents },
  { method: 'DELETE', path: '/events', summary: 'Remove all stored events', role: manage, handle: clearEvents },
  { method: 'GET', path: '/admin-events', summary: 'Stored changes by administrators', role: view, handle: listAdminEvents },
  {
    method: 'DELETE',
    path: '/admin-events',
    summary: 'Remove all stored changes by administrators',
    role: manage,
    handle: clearAdminEvents,
  },
  { method: 'GET', path: '/events/config', summary: 'Which events are stored', role: view, handle: getConfig },
  { method: 'PUT', path: '/events/config', summary: 'Change which events are stored', role: manage, handle: putConfig },
]

const pageDefault = 100
/** A negative number asks for everything; so much is given at a time. */
const pageMax = 10_000
const dayMs = 86_400_000

type Query = URLSearchParams

const queryOf = ({ request }: AdminContext): Query => queryParameters(request.queryText)

const text = (query: Query, name: string): string | undefined => query.get(name) || undefined

/** `2026-11-23`, which means the whole day, or milliseconds since the epoch. */
function instant(query: Query, name: 'dateFrom' | 'dateTo'): number | undefined {
  const value = text(query, name)
  if (value === undefined) return undefined
  if (/^\d{1,15}$/.test(value)) return Number(value)
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(day))
    throw new AdminError(400, { error: `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp` })
  return name === 'dateTo' ? day + dayMs - 1 : day
}

function page(query: Query): Pick<EventFilter, 'fromMs' | 'toMs' | 'ipAddress' | 'direction' | 'first' | 'max'> {
  const direction = text(query, 'direction') ?? 'desc'
  if (direction !== 'asc' && direction !== 'desc')
    throw new AdminError(400, { error: 'Invalid value for sortDirection, expected value is asc or desc' })
  const reader = { get: (name: string) => query.get(name) ?? undefined }
  const max = integerParameter(reader, 'max') ?? pageDefault
  return {
    fromMs: instant(query, 'dateFrom'),
    toMs: instant(query, 'dateTo'),
    direction,
    first: Math.max(0, integerParameter(reader, 'first') ?? 0),
    max: max < 0 ? pageMax : Math.min(max, pageMax),
    ipAddress: undefined,
  }
}

/** Words of a list that the reference knows; for others it answers 500, which is no answer to a wrong question. */
function words(query: Query, name: string, isKnown: (word: string) => boolean): string[] {
  const given = query.getAll(name).filter((word) => word !== '')
  if (!given.every(isKnown)) throw new AdminError(400, { error: `Invalid value for '${name}'` })
  return given
}

async function listEvents(context: AdminContext): Promise<HttpResponse> {
  const query = queryOf(context)
  // Who has just done something expects to find it: what waits for its batch is stored first.
  await context.services.events.flush()
  const rows = await eventRows(context.services.database).find(context.realm.id, {
    ...page(query),
    types: words(query, 'type', isEventType),
    clientId: text(query, 'client'),
    userId: text(query, 'user'),
    ipAddress: text(query, 'ipAddress'),
  })
  return jsonText(printRepresentations(eventRepresentation, rows.map(describeEvent)))
}

const member = <N extends string>(name: N, value: string | null): { [K in N]?: string } =>
  (value === null ? {} : { [name]: value }) as { [K in N]?: string }

/** Without details there is no such member (reference behaviour). */
const describeEvent = (row: EventRow): EventRepresentation => ({
  id: row.id,
  time: row.time_ms,
  type: row.type,
  realmId: row.realm_id,
  ...member('clientId', row.client_id),
  ...member('userId', row.user_id),
  ...member('sessionId', row.session_id),
  ...member('ipAddress', row.ip_address),
  ...member('error', row.error),
  ...(row.details === '{}' ? {} : { details: JSON.parse(row.details) as Record<string, string> }),
})

async function clearEvents({ services, realm }: AdminContext): Promise<HttpResponse> {
  // What still waits would come back after the answer.
  await services.events.flush()
  await eventRows(services.database).removeAll(realm.id)
  return noContent()
}

const operations: ReadonlySet<string> = new Set(['CREATE', 'UPDATE', 'DELETE', 'ACTION'])

async function listAdminEvents(context: AdminContext): Promise<HttpResponse> {
  const query = queryOf(context)
  await context.services.events.flush()
  const rows = await adminEventRows(context.services.database).find(context.realm.id, {
    ...page(query),
    operations: words(query, 'operationTypes', (word) => operations.has(word)),
    resourceTypes: words(query, 'resourceTypes', (word) => /^[A-Z_]+$/.test(word)),
    resourcePath: text(query, 'resourcePath'),
    authRealmId: text(query, 'authRealm'),
    authClientId: text(query, 'authClient'),
    authUserId: text(query, 'authUser'),
    ipAddress: text(query, 'authIpAddress'),
  })
  return jsonText(printRepresentations(adminEventRepresentation, rows.map(describeAdminEvent)))
}

const describeAdminEvent = (row: AdminEventRow): AdminEventRepresentation => ({
  id: row.id,
  time: row.time_ms,
  realmId: row.realm_id,
  authDetails: {
    ...member('realmId', row.auth_realm_id),
    ...member('clientId', row.auth_client_id),
    ...member('userId', row.auth_user_id),
    ...member('ipAddress', row.auth_ip_address),
  },
  operationType: row.operation,
  resourceType: row.resource_type,
  // A change of the realm itself has none (reference behaviour).
  ...(row.resource_path === '' ? {} : { resourcePath: row.resource_path }),
  ...member('representation', row.representation),
  ...(row.details === '{}' ? {} : { details: JSON.parse(row.details) as Record<string, string> }),
  ...member('error', row.error),
})

async function clearAdminEvents({ services, realm }: AdminContext): Promise<HttpResponse> {
  await services.events.flush()
  await adminEventRows(services.database).removeAll(realm.id)
  return noContent()
}

async function getConfig({ realm: { settings } }: AdminContext): Promise<HttpResponse> {
  const types = settings.enabledEventTypes ?? []
  const config: RealmEventsConfigRepresentation = {
    eventsEnabled: settings.eventsEnabled ?? false,
    ...(settings.eventsExpiration ? { eventsExpiration: settings.eventsExpiration } : {}),
    eventsListeners: [...(settings.eventsListeners ?? [])],
    enabledEventTypes: [...(types.length === 0 ? defaultStoredTypes : types)],
    adminEventsEnabled: settings.adminEventsEnabled ?? false,
    adminEventsDetailsEnabled: settings.adminEventsDetailsEnabled ?? false,
  }
  return jsonText(printRepresentation(realmEventsConfigRepresentation, config))
}

/** Listeners that a realm may name. */
const listeners: ReadonlySet<string> = new Set(['jboss-logging', 'email', 'workflow-event-listener', 'micrometer-user-event-metrics'])

async function putConfig(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, realmEventsConfigRepresentation)
  if (given.eventsListeners?.some((listener) => !listeners.has(listener))) throw new AdminError(400, { error: 'Unknown event listener' })
  await updateRealm(services, realm, { ...given, eventsExpiration: given.eventsExpiration ?? 0 })
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'REALM',
    resourcePath: 'events/config',
    representation: printRepresentation(realmEventsConfigRepresentation, given),
  })
  return noContent()
}
