import { type Row, type Sql, statement } from './sql.ts'

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
const find = statement('session.find', `select ${userColumns} from user_session where realm_id = $1 and id = $2 and offline = $3`)
const findForClient = statement(
  'session.find-for-client',
  `select s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc,
     c.started_at_ms as client_started_at_ms, c.last_refresh_ms as client_last_refresh_ms, c.refresh_token_id, c.refresh_token_uses,
     c.doc as client_doc
   from user_session s join client_session c on c.session_id = s.id and c.offline = s.offline and c.client_id = $4
   where s.realm_id = $1 and s.id = $2 and s.offline = $3`,
)
const touch = statement(
  'session.touch',
  'update user_session set last_refresh_ms = $4, expires_at_ms = $5 where realm_id = $1 and id = $2 and offline = $3',
)
const touchClient = statement(
  'session.touch-client',
  'update client_session set last_refresh_ms = $4 where session_id = $1 and offline = $2 and client_id = $3',
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
const removeExpired = statement('session.remove-expired', 'delete from user_session where expires_at_ms <= $1')

export const sessionRows = (sql: Sql) => ({
  insert: (s: UserSessionRow) =>
    sql.run(insert, s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc),
  insertClient: (c: {
    sessionId: string
    offline: number
    clientId: string
    startedAtMs: number
    refreshTokenId: string | null
    refreshTokenUses: number
    doc: string
  }) =>
    sql.run(insertClient, c.sessionId, c.offline, c.clientId, c.startedAtMs, c.startedAtMs, c.refreshTokenId, c.refreshTokenUses, c.doc),
  find: (realmId: string, id: string, offline: boolean) => sql.one<UserSessionRow>(find, realmId, id, offline ? 1 : 0),
  findForClient: (realmId: string, id: string, offline: boolean, clientId: string) =>
    sql.one<SessionOfClientRow>(findForClient, realmId, id, offline ? 1 : 0, clientId),
  touch: (realmId: string, id: string, offline: boolean, lastRefreshMs: number, expiresAtMs: number) =>
    sql.run(touch, realmId, id, offline ? 1 : 0, lastRefreshMs, expiresAtMs),
  touchClient: (sessionId: string, offline: boolean, clientId: string, lastRefreshMs: number) =>
    sql.run(touchClient, sessionId, offline ? 1 : 0, clientId, lastRefreshMs),
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
  removeExpired: (nowMs: number) => sql.run(removeExpired, nowMs),
})
