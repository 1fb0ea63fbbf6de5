import { type Sql, statement } from './sql.ts'
import type { UserFactRow } from './users.ts'

/**
 * Everything about one token's session at once: the session with the client's part in it (kind `session`, `a` a JSON text with the
 * columns of SessionOfClientRow and `revoked`), the user's own row (kind `user`, `a` a JSON text with those of UserRow), and the facts
 * about the user as `user.facts` has them. One statement instead of three: each costs a round trip.
 */
const find = statement(
  'subject.find',
  `with recursive subject (id, user_id) as (
     select s.id, s.user_id from user_session s where s.realm_id = $1 and s.id = $2 and s.offline = $3
       and exists (select 1 from client_session c where c.session_id = s.id and c.offline = s.offline and c.client_id = $4)
   ), member (id, parent_id, name, doc, direct) as (
     select g.id, g.parent_id, g.name, cast(g.doc as text), 1
       from subject t join user_group_member m on m.user_id = t.user_id join user_group g on g.id = m.group_id
     union select p.id, p.parent_id, p.name, cast(p.doc as text), 0 from member m join user_group p on p.id = m.parent_id
   ), granted (id) as (
     select ur.role_id from subject t join user_role ur on ur.user_id = t.user_id
     union select gr.role_id from group_role gr where gr.group_id in (select id from member)
     union select c.child_id from granted g join role_composite c on c.parent_id = g.id
   )
   select 'session' as kind, cast({{object}}('id', s.id, 'offline', s.offline, 'realm_id', s.realm_id, 'user_id', s.user_id,
       'started_at_ms', s.started_at_ms, 'last_refresh_ms', s.last_refresh_ms, 'expires_at_ms', s.expires_at_ms,
       'remember_me', s.remember_me, 'doc', cast(s.doc as text), 'client_started_at_ms', c.started_at_ms,
       'client_last_refresh_ms', c.last_refresh_ms, 'refresh_token_id', c.refresh_token_id, 'refresh_token_uses', c.refresh_token_uses,
       'client_doc', cast(c.doc as text),
       'revoked', (select count(*) from single_use r where r.id = $5 and r.kind = 'revoked' and r.realm_id = $1)) as text) as a,
     '' as b, null as c, null as d, 0 as n
   from user_session s join client_session c on c.session_id = s.id and c.offline = s.offline and c.client_id = $4
   where s.realm_id = $1 and s.id = $2 and s.offline = $3
   union all select 'user', cast({{object}}('id', u.id, 'realm_id', u.realm_id, 'username', u.username, 'email', u.email,
       'email_verified', u.email_verified, 'first_name', u.first_name, 'last_name', u.last_name, 'enabled', u.enabled,
       'created_at_ms', u.created_at_ms, 'not_before', u.not_before, 'service_account_client_id', u.service_account_client_id,
       'federation_link', u.federation_link, 'doc', cast(u.doc as text)) as text), '', null, null, 0
     from subject t join user_account u on u.id = t.user_id
   union all select 'attribute', a.name, a.value, null, null, a.position from subject t join user_attribute a on a.user_id = t.user_id
   union all select 'role', r.id, r.name, c.client_id, null, 0 from granted g join role r on r.id = g.id left join client c on c.id = r.client_id
   union all select 'group', id, name, doc, parent_id, direct from member`,
)

export const subjects = (sql: Sql) => ({
  /** Empty when there is no such session or the client has no part in it. */
  find: (at: { realmId: string; sessionId: string; offline: boolean; clientId: string; tokenId: string }) =>
    sql.all<UserFactRow>(find, at.realmId, at.sessionId, at.offline ? 1 : 0, at.clientId, at.tokenId),
})
