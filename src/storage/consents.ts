import { type Row, type Sql, statement } from './sql.ts'

/** What a user lets a client use. `doc` is `{"scopeIds": [ids of client scopes]}`. */
export interface ConsentRow extends Row {
  user_id: string
  client_id: string
  created_at_ms: number
  updated_at_ms: number
  doc: string
}

const columns = 'user_id, client_id, created_at_ms, updated_at_ms, doc'
const find = statement('consent.find', `select ${columns} from user_consent where user_id = $1 and client_id = $2`)
const listOf = statement('consent.list-of', `select ${columns} from user_consent where user_id = $1 order by created_at_ms, client_id`)
const listOfMany = statement(
  'consent.list-of-many',
  `select ${columns} from user_consent where user_id in {{list $1}} order by user_id, created_at_ms, client_id`,
)
const put = statement(
  'consent.put',
  `insert into user_consent (${columns}) values ($1, $2, $3, $4, $5)
   on conflict (user_id, client_id) do update set updated_at_ms = excluded.updated_at_ms, doc = excluded.doc`,
)
const remove = statement('consent.remove', 'delete from user_consent where user_id = $1 and client_id = $2')

export const consentRows = (sql: Sql) => ({
  find: (userId: string, clientId: string) => sql.one<ConsentRow>(find, userId, clientId),
  /** In the order in which they were first given. */
  listOf: (userId: string) => sql.all<ConsentRow>(listOf, userId),
  listOfMany: (userIds: readonly string[]) => sql.all<ConsentRow>(listOfMany, JSON.stringify(userIds)),
  put: (c: ConsentRow) => sql.run(put, c.user_id, c.client_id, c.created_at_ms, c.updated_at_ms, c.doc),
  /** Returns 0 when there was none. */
  remove: (userId: string, clientId: string) => sql.run(remove, userId, clientId),
})
