import { type Row, type Sql, statement } from './sql.ts'

/** What an initial access token still allows. `id` is the token's id (jti); `expiration_seconds` 0: it does not expire. */
export interface InitialAccessRow extends Row {
  id: string
  created_at_ms: number
  expiration_seconds: number
  uses_max: number
  uses_left: number
}

const columns = 'id, created_at_ms, expiration_seconds, uses_max, uses_left'
const list = statement(
  'client-registration.list',
  `select ${columns} from client_initial_access where realm_id = $1 order by created_at_ms, id limit $2`,
)
const insert = statement(
  'client-registration.insert',
  `insert into client_initial_access (realm_id, ${columns}) values ($1, $2, $3, $4, $5, $6)`,
)
const find = statement('client-registration.find', `select ${columns} from client_initial_access where realm_id = $1 and id = $2`)
const take = statement(
  'client-registration.take',
  'update client_initial_access set uses_left = uses_left - 1 where realm_id = $1 and id = $2 and uses_left > 0',
)
const remove = statement('client-registration.remove', 'delete from client_initial_access where realm_id = $1 and id = $2')
const removeSpent = statement(
  'client-registration.remove-spent',
  `delete from client_initial_access where realm_id = $1
     and (uses_left <= 0 or (expiration_seconds > 0 and created_at_ms + expiration_seconds * cast(1000 as bigint) < $2))`,
)
const setTokenId = statement(
  'client-registration.set-token-id',
  'update client set registration_token_id = $3 where realm_id = $1 and id = $2',
)
const findByTokenId = statement('client-registration.token-id', 'select registration_token_id from client where realm_id = $1 and id = $2')

export const clientRegistration = (sql: Sql) => ({
  /** In the order in which they were made. */
  list: (realmId: string, max: number) => sql.all<InitialAccessRow>(list, realmId, max),
  insert: (realmId: string, row: InitialAccessRow) =>
    sql.run(insert, realmId, row.id, row.created_at_ms, row.expiration_seconds, row.uses_max, row.uses_left),
  find: (realmId: string, id: string) => sql.one<InitialAccessRow>(find, realmId, id),
  /** Uses up one of its uses; 0 when none was left. */
  take: (realmId: string, id: string) => sql.run(take, realmId, id),
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  /** Removes those that are expired or used up. */
  removeSpent: (realmId: string, nowMs: number) => sql.run(removeSpent, realmId, nowMs),
  /** Makes this the only registration access token of a client that is valid. */
  setTokenId: (realmId: string, clientId: string, tokenId: string) => sql.run(setTokenId, realmId, clientId, tokenId),
  tokenId: (realmId: string, clientId: string) => sql.one<{ registration_token_id: string | null }>(findByTokenId, realmId, clientId),
})
