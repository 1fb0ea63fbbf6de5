import { type Row, type Sql, statement } from './sql.ts'

/** How a user's logins have failed since the last one that succeeded. */
export interface LoginFailureRow extends Row {
  user_id: string
  realm_id: string
  failures: number
  secondary_failures: number
  temporary_lockouts: number
  not_before_ms: number
  last_failure_ms: number
  last_address: string | null
}

const columns = 'user_id, realm_id, failures, secondary_failures, temporary_lockouts, not_before_ms, last_failure_ms, last_address'
const find = statement('login-failure.find', `select ${columns} from login_failure where realm_id = $1 and user_id = $2`)
const listOf = statement('login-failure.list-of', `select ${columns} from login_failure where realm_id = $1 and user_id in {{list $2}}`)
const put = statement(
  'login-failure.put',
  `insert into login_failure (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (user_id) do update set failures = excluded.failures, secondary_failures = excluded.secondary_failures,
     temporary_lockouts = excluded.temporary_lockouts, not_before_ms = excluded.not_before_ms,
     last_failure_ms = excluded.last_failure_ms, last_address = excluded.last_address`,
)
const remove = statement('login-failure.remove', 'delete from login_failure where realm_id = $1 and user_id = $2')
const removeAll = statement('login-failure.remove-all', 'delete from login_failure where realm_id = $1')

export const loginFailures = (sql: Sql) => ({
  find: (realmId: string, userId: string) => sql.one<LoginFailureRow>(find, realmId, userId),
  listOf: (realmId: string, userIds: readonly string[]) => sql.all<LoginFailureRow>(listOf, realmId, JSON.stringify(userIds)),
  put: (r: LoginFailureRow) =>
    sql.run(
      put,
      r.user_id,
      r.realm_id,
      r.failures,
      r.secondary_failures,
      r.temporary_lockouts,
      r.not_before_ms,
      r.last_failure_ms,
      r.last_address,
    ),
  remove: (realmId: string, userId: string) => sql.run(remove, realmId, userId),
  removeAll: (realmId: string) => sql.run(removeAll, realmId),
})
