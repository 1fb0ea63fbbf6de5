import { type Row, type Sql, statement } from './sql.ts'

/** The lists of the console that search in several tables at once. Patterns are in lower case, for LIKE with `!` as escape. */

export interface RealmNameRow extends Row {
  name: string
  display_name: string | null
}

const matches = "(lower(name) like $1 escape '!' or lower(doc ->> 'displayName') like $1 escape '!')"
const realmNames = statement(
  'console.realm-names',
  `select name, doc ->> 'displayName' as display_name from realm where ${matches} order by created_order, name limit $2 offset $3`,
)
const realmNamesAmong = statement(
  'console.realm-names-among',
  `select name, doc ->> 'displayName' as display_name from realm where ${matches} and name in {{list $4}}
   order by created_order, name limit $2 offset $3`,
)

export interface ConsoleSessionRow extends Row {
  id: string
  offline: number
  user_id: string
  username: string
  started_at_ms: number
  last_refresh_ms: number
  doc: string
}

const sessionColumns = 's.id, s.offline, s.user_id, u.username, s.started_at_ms, s.last_refresh_ms, s.doc'
/** $2 -1: online and offline ones; $3 the time before which a session is over; $5 and $6 the page. */
const sessionConditions = `s.realm_id = $1 and ($2 = -1 or s.offline = $2) and s.expires_at_ms > $3`
const sessionPage = 'order by s.offline, s.last_refresh_ms, s.id limit $5 offset $6'
const sessions = statement(
  'console.sessions',
  `select ${sessionColumns} from user_session s join user_account u on u.id = s.user_id
   where ${sessionConditions} and ($4 = '%%' or u.username like $4 escape '!' or lower(s.doc ->> 'ipAddress') like $4 escape '!'
     or exists (select 1 from client_session p join client c on c.id = p.client_id
                where p.session_id = s.id and p.offline = s.offline and lower(c.client_id) like $4 escape '!'))
   ${sessionPage}`,
)
const sessionsOfClient = statement(
  'console.sessions-of-client',
  `select ${sessionColumns} from client_session p join user_session s on s.id = p.session_id and s.offline = p.offline
   join user_account u on u.id = s.user_id
   where ${sessionConditions} and p.client_id = $7
     and ($4 = '%%' or u.username like $4 escape '!' or lower(s.doc ->> 'ipAddress') like $4 escape '!')
   ${sessionPage}`,
)

const sessionClients = statement(
  'console.session-clients',
  `select p.session_id, p.offline, p.client_id, c.client_id as client from client_session p join client c on c.id = p.client_id
   where p.session_id in {{list $1}} order by p.started_at_ms, p.client_id`,
)

const flowClients = statement(
  'console.clients-with-flows',
  `select id, client_id, doc ->> 'authenticationFlowBindingOverrides' as overrides from client
   where realm_id = $1 and coalesce(doc ->> 'authenticationFlowBindingOverrides', '{}') <> '{}' order by client_id`,
)

export interface SessionSearch {
  readonly realmId: string
  /** Undefined: both. */
  readonly offline: boolean | undefined
  readonly nowMs: number
  readonly pattern: string
  readonly max: number
  readonly first: number
}

const kindOf = ({ offline }: SessionSearch): number => (offline === undefined ? -1 : offline ? 1 : 0)

export const consoleLists = (sql: Sql) => ({
  /** Realms whose name or display name matches, the oldest first; `among` their names, undefined for all. */
  realmNames: (pattern: string, page: { max: number; first: number }, among: readonly string[] | undefined) =>
    among === undefined
      ? sql.all<RealmNameRow>(realmNames, pattern, page.max, page.first)
      : sql.all<RealmNameRow>(realmNamesAmong, pattern, page.max, page.first, JSON.stringify(among)),
  /** Living sessions that have the text in the user's name, the address or the name of a client. */
  sessions: (s: SessionSearch) => sql.all<ConsoleSessionRow>(sessions, s.realmId, kindOf(s), s.nowMs, s.pattern, s.max, s.first),
  sessionsOfClient: (s: SessionSearch, clientId: string) =>
    sql.all<ConsoleSessionRow>(sessionsOfClient, s.realmId, kindOf(s), s.nowMs, s.pattern, s.max, s.first, clientId),
  /** The clients of several sessions, online and offline. */
  sessionClients: (ids: readonly string[]) =>
    sql.all<{ session_id: string; offline: number; client_id: string; client: string }>(sessionClients, JSON.stringify(ids)),
  /** Clients that log in by flows of their own; `overrides` is the JSON of the member. */
  clientsWithFlows: (realmId: string) => sql.all<{ id: string; client_id: string; overrides: string }>(flowClients, realmId),
})
