import { type Row, type Sql, statement } from './sql.ts'

/** secret_data and credential_data are the reference's JSON texts. */
export interface CredentialRow extends Row {
  id: string
  user_id: string
  type: string
  user_label: string | null
  created_at_ms: number
  priority: number
  secret_data: string
  credential_data: string
}

const columns = 'id, user_id, type, user_label, created_at_ms, priority, secret_data, credential_data'
const listOf = statement('credential.list-of', `select ${columns} from credential where user_id = $1 order by priority`)
const listOfMany = statement(
  'credential.list-of-many',
  `select ${columns} from credential where user_id in {{list $1}} order by user_id, priority`,
)
const insert = statement(
  'credential.insert',
  `insert into credential (id, user_id, type, user_label, created_at_ms, priority, secret_data, credential_data)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)
const update = statement(
  'credential.update',
  'update credential set secret_data = $4, credential_data = $5, created_at_ms = $6 where user_id = $1 and id = $2 and secret_data = $3',
)
const advance = statement(
  'credential.advance',
  'update credential set credential_data = $4 where user_id = $1 and id = $2 and credential_data = $3',
)
const setLabel = statement('credential.set-label', 'update credential set user_label = $3 where user_id = $1 and id = $2')
const setPriority = statement('credential.set-priority', 'update credential set priority = $3 where user_id = $1 and id = $2')
const remove = statement('credential.remove', 'delete from credential where user_id = $1 and id = $2')
const removeType = statement('credential.remove-type', 'delete from credential where user_id = $1 and type = $2')

export const credentials = (sql: Sql) => ({
  /** In the order in which they are preferred. */
  listOf: (userId: string) => sql.all<CredentialRow>(listOf, userId),
  listOfMany: (userIds: readonly string[]) => sql.all<CredentialRow>(listOfMany, JSON.stringify(userIds)),
  insert: (c: CredentialRow) =>
    sql.run(insert, c.id, c.user_id, c.type, c.user_label, c.created_at_ms, c.priority, c.secret_data, c.credential_data),
  /** Replaces what is stored, unless somebody else did so since it was read: then 0. */
  update: (known: CredentialRow, to: { secretData: string; credentialData: string; createdAtMs: number }) =>
    sql.run(update, known.user_id, known.id, known.secret_data, to.secretData, to.credentialData, to.createdAtMs),
  /** Stores the next counter, unless somebody else did so since it was read: then 0. */
  advance: (known: CredentialRow, credentialData: string) =>
    sql.run(advance, known.user_id, known.id, known.credential_data, credentialData),
  setLabel: (userId: string, id: string, label: string | null) => sql.run(setLabel, userId, id, label),
  setPriority: (userId: string, id: string, priority: number) => sql.run(setPriority, userId, id, priority),
  remove: (userId: string, id: string) => sql.run(remove, userId, id),
  removeType: (userId: string, type: string) => sql.run(removeType, userId, type),
})
