import { type Row, type Sql, statement } from './sql.ts'

export interface AuthenticationSessionRow extends Row {
  root_id: string
  tab_id: string
  realm_id: string
  expires_at_ms: number
  revision: number
  doc: string
}

const columns = 'root_id, tab_id, realm_id, expires_at_ms, revision, doc'
const find = statement(
  'authentication-session.find',
  `select ${columns} from authentication_session where realm_id = $1 and root_id = $2 and tab_id = $3 and expires_at_ms > $4`,
)
const count = statement('authentication-session.count', 'select count(*) as tabs from authentication_session where root_id = $1')
const insert = statement('authentication-session.insert', `insert into authentication_session (${columns}) values ($1, $2, $3, $4, 1, $5)`)
const update = statement(
  'authentication-session.update',
  `update authentication_session set doc = $4, expires_at_ms = $5, revision = revision + 1
   where root_id = $1 and tab_id = $2 and revision = $3`,
)
const remove = statement(
  'authentication-session.remove',
  'delete from authentication_session where root_id = $1 and tab_id = $2 returning doc',
)
const removeRoot = statement(
  'authentication-session.remove-root',
  'delete from authentication_session where realm_id = $1 and root_id = $2',
)
const removeOldest = statement(
  'authentication-session.remove-oldest',
  `delete from authentication_session where root_id = $1 and tab_id in
     (select tab_id from authentication_session where root_id = $1 order by expires_at_ms limit $2)`,
)
const removeExpired = statement('authentication-session.remove-expired', 'delete from authentication_session where expires_at_ms <= $1')

export const authenticationSessionRows = (sql: Sql) => ({
  find: (realmId: string, rootId: string, tabId: string, nowMs: number) =>
    sql.one<AuthenticationSessionRow>(find, realmId, rootId, tabId, nowMs),
  count: async (rootId: string) => (await sql.one<{ tabs: number }>(count, rootId))?.tabs ?? 0,
  insert: (row: { rootId: string; tabId: string; realmId: string; expiresAtMs: number; doc: string }) =>
    sql.run(insert, row.rootId, row.tabId, row.realmId, row.expiresAtMs, row.doc),
  /** Returns 0 when another answer of the tab came first. */
  update: (row: { rootId: string; tabId: string; revision: number; expiresAtMs: number; doc: string }) =>
    sql.run(update, row.rootId, row.tabId, row.revision, row.doc, row.expiresAtMs),
  /** Exactly one of several callers gets the row: a login is finished once. */
  take: (rootId: string, tabId: string) => sql.one<{ doc: string }>(remove, rootId, tabId),
  removeRoot: (realmId: string, rootId: string) => sql.run(removeRoot, realmId, rootId),
  removeOldest: (rootId: string, many: number) => sql.run(removeOldest, rootId, many),
  removeExpired: (nowMs: number) => sql.run(removeExpired, nowMs),
})
