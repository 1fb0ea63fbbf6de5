import type { SessionOfClientRow } from './sessions.ts'
import { type Sql, statement } from './sql.ts'
import type { UserRow } from './users.ts'

/** A session with one client's part in it, the user's own row, the revisions of what is known of him, and whether the token was revoked. */
export interface SubjectRow
  extends SessionOfClientRow,
    Pick<UserRow, 'username' | 'email' | 'email_verified' | 'first_name' | 'last_name' | 'enabled' | 'created_at_ms' | 'not_before'> {
  service_account_client_id: string | null
  user_revision: number
  grants_revision: number
  revoked: number
}

/** Everything that must be read anew for one token: one statement, four rows by their keys. */
const find = statement(
  'subject.find',
  `select s.id, s.offline, s.realm_id, s.user_id, s.started_at_ms, s.last_refresh_ms, s.expires_at_ms, s.remember_me, s.doc,
     c.started_at_ms as client_started_at_ms, c.last_refresh_ms as client_last_refresh_ms, c.refresh_token_id, c.refresh_token_uses,
     c.doc as client_doc, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.enabled, u.created_at_ms, u.not_before,
     u.service_account_client_id, u.revision as user_revision, r.grants_revision,
     (select count(*) from single_use t where t.id = $5 and t.kind = 'revoked' and t.realm_id = $1) as revoked
   from user_session s
   join client_session c on c.session_id = s.id and c.offline = s.offline and c.client_id = $4
   join user_account u on u.id = s.user_id join realm r on r.id = s.realm_id
   where s.realm_id = $1 and s.id = $2 and s.offline = $3`,
)

export const subjects = (sql: Sql) => ({
  /** Undefined when there is no such session or the client has no part in it. */
  find: (at: { realmId: string; sessionId: string; offline: boolean; clientId: string; tokenId: string }) =>
    sql.one<SubjectRow>(find, at.realmId, at.sessionId, at.offline ? 1 : 0, at.clientId, at.tokenId),
})
