import { type Sql, statement } from './sql.ts'

const insert = statement(
  'single-use.insert',
  `insert into single_use (id, kind, realm_id, expires_at_ms, doc) values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
)
const take = statement(
  'single-use.take',
  'delete from single_use where id = $1 and kind = $2 and realm_id = $3 and expires_at_ms > $4 returning doc',
)
const find = statement('single-use.find', 'select doc from single_use where id = $1 and kind = $2 and realm_id = $3 and expires_at_ms > $4')
const removeExpired = statement('single-use.remove-expired', 'delete from single_use where expires_at_ms <= $1')

/**
 * code: authorization codes; used-code: the session of a code that was taken; revoked: ids of revoked access tokens; action: action
 * tokens; otp: time steps whose one-time password was used;
 * assertion: ids of client assertions; par: pushed authorization requests.
 */
export type SingleUseKind = 'code' | 'used-code' | 'revoked' | 'action' | 'otp' | 'assertion' | 'par'

export const singleUse = (sql: Sql) => ({
  /** Returns 0 when the id is there already: of several callers one puts it. */
  put: (entry: { id: string; kind: SingleUseKind; realmId: string; expiresAtMs: number; doc: string }) =>
    sql.run(insert, entry.id, entry.kind, entry.realmId, entry.expiresAtMs, entry.doc),
  /** Exactly one of several callers gets it. */
  take: (id: string, kind: SingleUseKind, realmId: string, nowMs: number) => sql.one<{ doc: string }>(take, id, kind, realmId, nowMs),
  find: (id: string, kind: SingleUseKind, realmId: string, nowMs: number) => sql.one<{ doc: string }>(find, id, kind, realmId, nowMs),
  removeExpired: (nowMs: number) => sql.run(removeExpired, nowMs),
})
