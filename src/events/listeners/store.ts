import type { Random } from '../../crypto/random.ts'
import type { Logger } from '../../log.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { Realms } from '../../realm/realms.ts'
import { type AdminEventRow, adminEventRows, type EventRow, eventRows } from '../../storage/events.ts'
import type { Database, Sql } from '../../storage/sql.ts'
import { type AdminAuditEvent, type AuditEvent, type EventListener, eventLimits } from '../events.ts'
import { defaultStoredTypes } from '../types.ts'

export const storedEventLimits = {
  /** Characters of the JSON that came with an admin event: a whole realm does not belong into the audit log. */
  representationLengthMax: 65_536,
} as const

interface StoreParts {
  readonly database: Database
  readonly realms: Pick<Realms, 'find'>
  readonly random: Random
  readonly log: Logger
}

/** Keeps events in the database, for realms that want it and of the types that they name. A batch is one transaction. */
export function storeListener({ database, realms, random, log }: StoreParts): EventListener {
  const write = async <R>(rows: readonly R[], insert: (sql: Sql, row: R) => Promise<unknown>): Promise<void> => {
    if (rows.length === 0) return
    try {
      await database.transaction(async (tx) => {
        for (const row of rows) await insert(tx, row)
      })
    } catch (error) {
      // One event may belong to a realm that is gone by now: the others are kept.
      const lost = (await Promise.allSettled(rows.map((row) => insert(database, row)))).filter(({ status }) => status === 'rejected')
      log.warn('events were not stored', { lost: lost.length, error })
    }
  }
  return {
    id: 'store',
    async onEvents(batch) {
      const rows: EventRow[] = []
      for (const event of batch) {
        const realm = await realms.find(event.realmName)
        if (realm?.settings.eventsEnabled && realm.derived(storedTypes).has(event.type)) rows.push(eventRow(event, realm, random.uuid()))
      }
      await write(rows, (sql, row) => eventRows(sql).insert(row))
    },
    async onAdminEvents(batch) {
      const rows: AdminEventRow[] = []
      for (const event of batch) {
        const realm = await realms.find(event.realmName)
        const actorRealm = await realms.find(event.actor.realmName)
        if (realm?.settings.adminEventsEnabled) rows.push(adminEventRow(event, realm, actorRealm?.id, random.uuid()))
      }
      await write(rows, (sql, row) => adminEventRows(sql).insert(row))
    },
  }
}

function storedTypes({ settings }: RealmSnapshot): ReadonlySet<string> {
  const types = settings.enabledEventTypes ?? []
  return new Set(types.length === 0 ? defaultStoredTypes : types)
}

function eventRow(event: AuditEvent, realm: RealmSnapshot, id: string): EventRow {
  return {
    id,
    realm_id: realm.id,
    time_ms: event.timeMs,
    type: event.type,
    client_id: storable(event.clientId),
    user_id: storable(event.userId),
    session_id: storable(event.sessionId),
    ip_address: storable(event.ipAddress),
    error: storable(event.error),
    details: detailsOf(event.details),
  }
}

function detailsOf(details: AuditEvent['details']): string {
  const known = Object.entries(details).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return JSON.stringify(Object.fromEntries(known.map(([name, value]) => [name, cut(value, eventLimits.detailLengthMax)])))
}

function adminEventRow(event: AdminAuditEvent, realm: RealmSnapshot, actorRealmId: string | undefined, id: string): AdminEventRow {
  const detailed = realm.settings.adminEventsDetailsEnabled ?? false
  return {
    id,
    realm_id: realm.id,
    time_ms: event.timeMs,
    operation: event.operation,
    resource_type: event.resourceType,
    resource_path: cut(event.resourcePath, eventLimits.detailLengthMax),
    auth_realm_id: storable(actorRealmId),
    auth_client_id: storable(event.actor.clientId),
    auth_user_id: storable(event.actor.userId),
    auth_ip_address: storable(event.actor.ipAddress),
    error: storable(event.error),
    representation:
      detailed && event.representation !== undefined ? cut(event.representation, storedEventLimits.representationLengthMax) : null,
    details: detailsOf(event.details ?? {}),
  }
}

/** What a stranger sent as his name may be long, and may hold U+0000, which no database takes. */
const cut = (text: string, max: number): string => text.slice(0, max).replaceAll('\0', '\uFFFD')

const storable = (text: string | undefined): string | null => (text === undefined ? null : cut(text, eventLimits.detailLengthMax))
