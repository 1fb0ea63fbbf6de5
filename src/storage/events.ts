import { escapedLike } from './like.ts'
import { type Row, type Sql, type SqlValue, statement } from './sql.ts'

/** `details` is a JSON object of texts, here and below. */
export interface EventRow extends Row {
  id: string
  realm_id: string
  time_ms: number
  type: string
  client_id: string | null
  user_id: string | null
  session_id: string | null
  ip_address: string | null
  error: string | null
  details: string
}

export interface AdminEventRow extends Row {
  id: string
  realm_id: string
  time_ms: number
  operation: string
  resource_type: string
  resource_path: string
  auth_realm_id: string | null
  auth_client_id: string | null
  auth_user_id: string | null
  auth_ip_address: string | null
  error: string | null
  representation: string | null
  details: string
}

/** An absent member does not filter; of the lists any member counts. Times are milliseconds, both ends included. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined
  readonly clientId?: string | undefined
  readonly userId?: string | undefined
  readonly ipAddress?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly direction: 'asc' | 'desc'
  readonly first: number
  readonly max: number
}

export interface AdminEventFilter extends Omit<EventFilter, 'types' | 'clientId' | 'userId'> {
  readonly operations?: readonly string[] | undefined
  readonly resourceTypes?: readonly string[] | undefined
  /** `*` stands for any text. */
  readonly resourcePath?: string | undefined
  readonly authRealmId?: string | undefined
  readonly authClientId?: string | undefined
  readonly authUserId?: string | undefined
}

const columns = 'id, realm_id, time_ms, type, client_id, user_id, session_id, ip_address, error, details'
const insert = statement('event.insert', `insert into event (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
const conditions = `realm_id = $1 and time_ms >= $2 and time_ms <= $3 and ($4 = '[]' or type in {{list $4}})
   and ($5 = '' or client_id = $5) and ($6 = '' or user_id = $6) and ($7 = '' or ip_address = $7)`
const newest = statement(
  'event.newest',
  `select ${columns} from event where ${conditions} order by time_ms desc, id desc limit $8 offset $9`,
)
const oldest = statement('event.oldest', `select ${columns} from event where ${conditions} order by time_ms, id limit $8 offset $9`)
const removeAll = statement('event.remove-all', 'delete from event where realm_id = $1')
const removeBefore = statement('event.remove-before', 'delete from event where realm_id = $1 and time_ms < $2')

const adminColumns = `id, realm_id, time_ms, operation, resource_type, resource_path, auth_realm_id, auth_client_id, auth_user_id,
   auth_ip_address, error, representation, details`
const insertAdmin = statement(
  'admin-event.insert',
  `insert into admin_event (${adminColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
)
const adminConditions = `realm_id = $1 and time_ms >= $2 and time_ms <= $3 and ($4 = '[]' or operation in {{list $4}})
   and ($5 = '[]' or resource_type in {{list $5}}) and ($6 = '' or resource_path like $6 escape '!')
   and ($7 = '' or auth_realm_id = $7) and ($8 = '' or auth_client_id = $8) and ($9 = '' or auth_user_id = $9)
   and ($10 = '' or auth_ip_address = $10)`
const newestAdmin = statement(
  'admin-event.newest',
  `select ${adminColumns} from admin_event where ${adminConditions} order by time_ms desc, id desc limit $11 offset $12`,
)
const oldestAdmin = statement(
  'admin-event.oldest',
  `select ${adminColumns} from admin_event where ${adminConditions} order by time_ms, id limit $11 offset $12`,
)
const removeAllAdmin = statement('admin-event.remove-all', 'delete from admin_event where realm_id = $1')
const removeBeforeAdmin = statement('admin-event.remove-before', 'delete from admin_event where realm_id = $1 and time_ms < $2')
/** Seconds for which realms keep their events, where they have a limit; the one of admin events is an attribute of the realm. */
const retentions = statement(
  'event.retentions',
  `select id, doc ->> 'eventsExpiration' as seconds, doc -> 'attributes' ->> 'adminEventsExpiration' as admin_seconds from realm
   where doc ->> 'eventsExpiration' is not null or doc -> 'attributes' ->> 'adminEventsExpiration' is not null`,
)

const list = (values: readonly string[] | undefined): SqlValue => JSON.stringify(values ?? [])
const allTimeMs = Number.MAX_SAFE_INTEGER
/** A pattern of `like` from one with `*`. */
const likePattern = (path: string | undefined): string => escapedLike(path ?? '').replaceAll('*', '%')

export const eventRows = (sql: Sql) => ({
  insert: (e: EventRow) =>
    sql.run(insert, e.id, e.realm_id, e.time_ms, e.type, e.client_id, e.user_id, e.session_id, e.ip_address, e.error, e.details),
  find: (realmId: string, f: EventFilter) =>
    sql.all<EventRow>(
      f.direction === 'asc' ? oldest : newest,
      realmId,
      f.fromMs ?? 0,
      f.toMs ?? allTimeMs,
      list(f.types),
      f.clientId ?? '',
      f.userId ?? '',
      f.ipAddress ?? '',
      f.max,
      f.first,
    ),
  removeAll: (realmId: string) => sql.run(removeAll, realmId),
  removeBefore: (realmId: string, timeMs: number) => sql.run(removeBefore, realmId, timeMs),
  retentions: () => sql.all<{ id: string; seconds: string | number | null; admin_seconds: string | null }>(retentions),
})

export const adminEventRows = (sql: Sql) => ({
  insert: (e: AdminEventRow) =>
    sql.run(
      insertAdmin,
      e.id,
      e.realm_id,
      e.time_ms,
      e.operation,
      e.resource_type,
      e.resource_path,
      e.auth_realm_id,
      e.auth_client_id,
      e.auth_user_id,
      e.auth_ip_address,
      e.error,
      e.representation,
      e.details,
    ),
  find: (realmId: string, f: AdminEventFilter) =>
    sql.all<AdminEventRow>(
      f.direction === 'asc' ? oldestAdmin : newestAdmin,
      realmId,
      f.fromMs ?? 0,
      f.toMs ?? allTimeMs,
      list(f.operations),
      list(f.resourceTypes),
      likePattern(f.resourcePath),
      f.authRealmId ?? '',
      f.authClientId ?? '',
      f.authUserId ?? '',
      f.ipAddress ?? '',
      f.max,
      f.first,
    ),
  removeAll: (realmId: string) => sql.run(removeAllAdmin, realmId),
  removeBefore: (realmId: string, timeMs: number) => sql.run(removeBeforeAdmin, realmId, timeMs),
})
