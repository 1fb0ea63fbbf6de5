import { type Row, type Sql, statement } from './sql.ts'

/** A client that is an external system, with its service account. `doc` is the ClientRepresentation. */
export interface ExternalSystemRow extends Row {
  id: string
  client_id: string
  doc: string
  /** Null when somebody has taken the service account away. */
  user_id: string | null
  created_at_ms: number | null
  last_token_at_ms: number | null
}

/** A role that the user has; `client` is the clientId of a client role. */
export interface SystemRoleRow extends Row {
  user_id: string
  id: string
  name: string
  client: string | null
}

const selected = `select c.id, c.client_id, c.doc, u.id as user_id, u.created_at_ms, t.last_token_at_ms
   from client c left join user_account u on u.service_account_client_id = c.id left join external_system_use t on t.client_id = c.id
   where c.realm_id = $1 and c.doc -> 'attributes' ->> 'registry_type' is not null`

const find = statement('external-system.find', `${selected} and c.client_id = $2`)
const list = statement('external-system.list', `${selected} and c.client_id like $2 escape '!' order by c.client_id limit $3 offset $4`)
const rolesOf = statement(
  'external-system.roles-of',
  `select m.user_id, r.id, r.name, c.client_id as client from user_role m join role r on r.id = m.role_id
   left join client c on c.id = r.client_id where m.user_id in {{list $1}} order by r.name, r.id`,
)
// A client may have gone while its use waited to be written.
const noteUses = statement(
  'external-system.note-uses',
  `insert into external_system_use (client_id, last_token_at_ms)
   select given.client_id, given.at_ms from {{records $1 (client_id text, at_ms bigint)}} as given join client c on c.id = given.client_id where true
   on conflict (client_id) do update set last_token_at_ms = excluded.last_token_at_ms
     where external_system_use.last_token_at_ms < excluded.last_token_at_ms`,
)

export const externalSystems = (sql: Sql) => ({
  find: (realmId: string, clientId: string) => sql.one<ExternalSystemRow>(find, realmId, clientId),
  /** A page of those whose clientId fits a pattern of `like` with `!` before plain characters, by clientId. */
  list: (realmId: string, pattern: string, { first, max }: { readonly first: number; readonly max: number }) =>
    sql.all<ExternalSystemRow>(list, realmId, pattern, max, first),
  /** The roles that were given to users themselves: one statement for all of them. */
  rolesOf: (userIds: readonly string[]) => sql.all<SystemRoleRow>(rolesOf, JSON.stringify(userIds)),
  /** Keeps the latest of what is known and what is given. */
  noteUses: (uses: readonly { readonly client_id: string; readonly at_ms: number }[]) => sql.run(noteUses, JSON.stringify(uses)),
})
