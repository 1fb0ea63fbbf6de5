import { type Row, type Sql, statement, type Write } from './sql.ts'

/** A user's login. `doc` holds notes, address and how it was made. */
export interface UserSessionRow extends Row {
  id: string
  offline: number
  realm_id: string
  user_id: string
  started_at_ms: number
  last_refresh_ms: number
  expires_at_ms: number
  remember_me: number
  doc: string
}

/** One row of a list of sessions: which client has a part in which session. */
export interface ClientOfSessionRow extends Row {
  session_id: string
  client_id: string
}

/** A user session together with one client's part in it, and the user it belongs to. */
export interface SessionOfClientRow extends UserSessionRow {
  client_started_at_ms: number
  client_last_refresh_ms: number
  refresh_token_id: string | null
  refresh_token_uses: number
  client_doc: string
}

const userColumns = 'id, offline, realm_id, user_id, started_at_ms, last_refresh_ms, expires_at_ms, remember_me, doc'
const insert = statement('session.insert', `insert into user_session (${userColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
const insertClient = statement(
  'session.insert-client',
  `insert into client_session (session_id, offline, client_id, started_at_ms, last_refresh_ms, refresh_token_id, refresh_token_uses, doc)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (session_id, offline, client_id) do update set last_refresh_ms = excluded.last_refresh_ms, doc = excluded.doc`,
)
/** The offline twin of an online session; another client of the same session may have made it before. */
const insertOffline = statement(
  'session.insert-offline',
  `insert into user_session (${userColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (id, offline) do update set last_refresh_ms = excluded.last_refresh_ms, expires_at_ms = excluded.expires_at_ms`,
)
const find = statement('session.find', `select ${userColumns} from user_session where realm_id = $1 and id = $2 and offline = $3`)
const findForClient = statement(
  'session.find-for-client',
  `select s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc,
     c.started_at_ms as client_started_at_ms, c.last_refresh_ms as client_last_refresh_ms, c.refresh_token_id, c.refresh_token_uses,
     c.doc as client_doc
   from user_session s join client_session c on c.session_id = s.id and c.offline = s.offline and c.client_id = $4
   where s.realm_id = $1 and s.id = $2 and s.offline = $3`,
)
const ofUser = statement(
  'session.of-user',
  `select ${userColumns} from user_session where realm_id = $1 and user_id = $2 and offline = $3 order by started_at_ms, id`,
)
const ofClient = statement(
  'session.of-client',
  `select s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc
   from client_session c join user_session s on s.id = c.session_id and s.offline = c.offline
   where s.realm_id = $1 and c.client_id = $2 and c.offline = $3 order by s.started_at_ms, s.id limit $4 offset $5`,
)
const countOfClient = statement(
  'session.count-of-client',
  'select count(*) as sessions from client_session where client_id = $1 and offline = $2',
)
const statsOfRealm = statement(
  'session.stats-of-realm',
  `select c.id, c.client_id, s.offline, count(*) as sessions from client c join client_session s on s.client_id = c.id
   where c.realm_id = $1 group by c.id, c.client_id, s.offline order by c.client_id`,
)
const clientsOf = statement(
  'session.clients-of',
  `select session_id, client_id from client_session where offline = $1 and session_id in {{list $2}} order by started_at_ms, client_id`,
)
/** Uses are written late: a login in between has the last word. */
const touch = statement(
  'session.touch',
  `update user_session set last_refresh_ms = $4, expires_at_ms = $5
   where realm_id = $1 and id = $2 and offline = $3 and last_refresh_ms < $4`,
)
const use = statement(
  'session.use',
  'update user_session set last_refresh_ms = $3, expires_at_ms = $4, doc = $5 where realm_id = $1 and id = $2 and offline = 0',
)
const touchClient = statement(
  'session.touch-client',
  `update client_session set last_refresh_ms = $4 where session_id = $1 and offline = $2 and client_id = $3 and last_refresh_ms < $4`,
)
const noteClient = statement(
  'session.note-client',
  'update client_session set last_refresh_ms = $4, doc = $5 where session_id = $1 and offline = $2 and client_id = $3',
)
const countClients = statement(
  'session.count-clients',
  'select count(*) as clients from client_session where session_id = $1 and offline = $2',
)
/** The refresh of a rotating token: counts only when the token used is the newest one, or was used less often than allowed. */
const rotate = statement(
  'session.rotate-refresh-token',
  `update client_session set refresh_token_id = $5, refresh_token_uses = $6, last_refresh_ms = $7
   where session_id = $1 and offline = $2 and client_id = $3 and coalesce(refresh_token_id, '') = $4 and refresh_token_uses = $8`,
)
const remove = statement('session.remove', 'delete from user_session where realm_id = $1 and id = $2 and offline = $3')
const removeClient = statement(
  'session.remove-client',
  'delete from client_session where session_id = $1 and offline = $2 and client_id = $3',
)
const removeClientOfUser = statement(
  'session.remove-client-of-user',
  `delete from client_session where client_id = $3 and ($4 = 1 or offline = 1)
     and session_id in (select s.id from user_session s where s.realm_id = $1 and s.user_id = $2 and s.offline = client_session.offline)`,
)
const removeUnusedOffline = statement(
  'session.remove-unused-offline',
  `delete from user_session where realm_id = $1 and user_id = $2 and offline = 1
     and not exists (select 1 from client_session c where c.session_id = user_session.id and c.offline = 1)`,
)
/** The last client that leaves a session takes it along. */
const removeUnused = statement(
  'session.remove-unused',
  `delete from user_session where realm_id = $1 and id = $2 and offline = $3
     and not exists (select 1 from client_session c where c.session_id = $2 and c.offline = $3)`,
)
const removeOfRealm = statement('session.remove-of-realm', 'delete from user_session where realm_id = $1 and offline = 0')
const removeExpired = statement('session.remove-expired', 'delete from user_session where expires_at_ms <= $1')

/** A client's new part in a session. */
export interface NewClientOfSession {
  readonly sessionId: string
  readonly offline: number
  readonly clientId: string
  readonly startedAtMs: number
  readonly refreshTokenId: string | null
  readonly refreshTokenUses: number
  readonly doc: string
}

const inserting = (s: UserSessionRow): Write => [
  insert,
  ...[s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc],
]

const insertingClient = (c: NewClientOfSession): Write => [
  insertClient,
  ...[c.sessionId, c.offline, c.clientId, c.startedAtMs, c.startedAtMs, c.refreshTokenId, c.refreshTokenUses, c.doc],
]

export const sessionRows = (sql: Sql) => ({
  /** A login, with the part of the client that it was for, if it was for one. */
  insert: (session: UserSessionRow, client: NewClientOfSession | undefined) =>
    sql.runAll([inserting(session), ...(client === undefined ? [] : [insertingClient(client)])]),
  insertClient: (client: NewClientOfSession) => sql.run(...insertingClient(client)),
  find: (realmId: string, id: string, offline: boolean) => sql.one<UserSessionRow>(find, realmId, id, offline ? 1 : 0),
  findForClient: (realmId: string, id: string, offline: boolean, clientId: string) =>
    sql.one<SessionOfClientRow>(findForClient, realmId, id, offline ? 1 : 0, clientId),
  /** All sessions of one user, the oldest first. */
  ofUser: (realmId: string, userId: string, offline: boolean) => sql.all<UserSessionRow>(ofUser, realmId, userId, offline ? 1 : 0),
  /** A page of the sessions in which a client has a part, the oldest first. */
  ofClient: (realmId: string, clientId: string, offline: boolean, page: { max: number; first: number }) =>
    sql.all<UserSessionRow>(ofClient, realmId, clientId, offline ? 1 : 0, page.max, page.first),
  countOfClient: async (clientId: string, offline: boolean) =>
    (await sql.one<{ sessions: number }>(countOfClient, clientId, offline ? 1 : 0))?.sessions ?? 0,
  /** How many sessions each client of a realm has a part in. */
  statsOfRealm: (realmId: string) => sql.all<{ id: string; client_id: string; offline: number; sessions: number }>(statsOfRealm, realmId),
  /** The clients of several sessions, in the order in which they joined. */
  clientsOf: (ids: readonly string[], offline: boolean) => sql.all<ClientOfSessionRow>(clientsOf, offline ? 1 : 0, JSON.stringify(ids)),
  touch: (realmId: string, id: string, offline: boolean, lastRefreshMs: number, expiresAtMs: number) =>
    sql.run(touch, realmId, id, offline ? 1 : 0, lastRefreshMs, expiresAtMs),
  /** A login of another client, or another login, in an online session. */
  join: (realmId: string, to: { lastRefreshMs: number; expiresAtMs: number; doc: string }, client: NewClientOfSession) =>
    sql.runAll([[use, realmId, client.sessionId, to.lastRefreshMs, to.expiresAtMs, to.doc], insertingClient(client)]),
  touchClient: (sessionId: string, offline: boolean, clientId: string, lastRefreshMs: number) =>
    sql.run(touchClient, sessionId, offline ? 1 : 0, clientId, lastRefreshMs),
  insertOffline: (s: UserSessionRow) =>
    sql.run(insertOffline, s.id, 1, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc),
  noteClient: (sessionId: string, offline: boolean, clientId: string, lastRefreshMs: number, doc: string) =>
    sql.run(noteClient, sessionId, offline ? 1 : 0, clientId, lastRefreshMs, doc),
  countClients: async (sessionId: string, offline: boolean) =>
    (await sql.one<{ clients: number }>(countClients, sessionId, offline ? 1 : 0))?.clients ?? 0,
  /** Returns 1 when this caller won, 0 when the token was used in between. */
  rotate: (use: {
    sessionId: string
    offline: boolean
    clientId: string
    knownTokenId: string
    knownUses: number
    nextTokenId: string
    nextUses: number
    atMs: number
  }) =>
    sql.run(
      rotate,
      use.sessionId,
      use.offline ? 1 : 0,
      use.clientId,
      use.knownTokenId,
      use.nextTokenId,
      use.nextUses,
      use.atMs,
      use.knownUses,
    ),
  remove: (realmId: string, id: string, offline: boolean) => sql.run(remove, realmId, id, offline ? 1 : 0),
  removeClient: (sessionId: string, offline: boolean, clientId: string) => sql.run(removeClient, sessionId, offline ? 1 : 0, clientId),
  /** Takes a client's part out of all offline sessions of a user, and out of the online ones when that is meant. */
  removeClientOfUser: (realmId: string, userId: string, clientId: string, online: boolean) =>
    sql.run(removeClientOfUser, realmId, userId, clientId, online ? 1 : 0),
  /** Offline sessions of a user in which no client has a part any more. */
  removeUnusedOffline: (realmId: string, userId: string) => sql.run(removeUnusedOffline, realmId, userId),
  removeUnused: (realmId: string, id: string, offline: boolean) => sql.run(removeUnused, realmId, id, offline ? 1 : 0),
  /** All online sessions of a realm. */
  removeOfRealm: (realmId: string) => sql.run(removeOfRealm, realmId),
  removeExpired: (nowMs: number) => sql.run(removeExpired, nowMs),
})
