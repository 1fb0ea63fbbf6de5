import { type Sql, type SqlValue, statement } from './sql.ts'

const update = statement(
  'user.update',
  `update user_account set username = $3, email = $4, email_verified = $5, first_name = $6, last_name = $7, first_name_lower = $8,
     last_name_lower = $9, enabled = $10, not_before = $11, federation_link = $12, doc = $13 where realm_id = $1 and id = $2`,
)
const setEnabled = statement('user.set-enabled', 'update user_account set enabled = $3 where realm_id = $1 and id = $2')
const setEmailVerified = statement('user.set-email-verified', 'update user_account set email_verified = $3 where realm_id = $1 and id = $2')
const setNotBefore = statement('user.set-not-before', 'update user_account set not_before = $3 where realm_id = $1 and id = $2')
const others = statement(
  'user.others-with-names',
  `select id, username, email from user_account where realm_id = $1 and id <> $2 and (username in {{list $3}} or email in {{list $3}})
   order by id limit 10`,
)
const removeAttribute = statement('user.remove-attribute', 'delete from user_attribute where user_id = $1 and name = $2')
const addAttributes = statement(
  'user.insert-attribute',
  'insert into user_attribute (user_id, name, position, value) values ($1, $2, $3, $4)',
)
const addRequiredAction = statement(
  'user.append-required-action',
  `insert into user_required_action (user_id, position, action)
   values ($1, (select coalesce(max(position), -1) + 1 from user_required_action where user_id = $1), $2)
   on conflict (user_id, action) do nothing`,
)
/** An e-mail address has no unique index, since a realm may allow it twice: whoever writes one waits here for whoever writes the same. */
const claimEmail = statement(
  'user.claim-email',
  `insert into single_use (id, kind, realm_id, expires_at_ms, doc) values ($1, 'email', $2, $3, '{}')
   on conflict (id) do update set expires_at_ms = excluded.expires_at_ms`,
)
const removeGroup = statement('user.remove-group', 'delete from user_group_member where user_id = $1 and group_id = $2')

/** The columns of a user that may change. Username and e-mail in lower case. */
export interface UserColumns {
  readonly username: string
  readonly email: string | null
  readonly email_verified: number
  readonly first_name: string | null
  readonly last_name: string | null
  readonly enabled: number
  readonly not_before: number
  readonly federation_link: string | null
  readonly doc: string
}

const lower = (text: string | null): SqlValue => text?.toLowerCase() ?? null

/** Writes to users that exist; users.ts finds and makes them. */
export const userChanges = (sql: Sql) => ({
  update: (realmId: string, id: string, u: UserColumns) =>
    sql.run(
      update,
      realmId,
      id,
      u.username,
      u.email,
      u.email_verified,
      u.first_name,
      u.last_name,
      lower(u.first_name),
      lower(u.last_name),
      u.enabled,
      u.not_before,
      u.federation_link,
      u.doc,
    ),
  setEnabled: (realmId: string, id: string, enabled: boolean) => sql.run(setEnabled, realmId, id, enabled ? 1 : 0),
  setEmailVerified: (realmId: string, id: string, verified: boolean) => sql.run(setEmailVerified, realmId, id, verified ? 1 : 0),
  /** Seconds since the epoch. */
  setNotBefore: (realmId: string, id: string, notBefore: number) => sql.run(setNotBefore, realmId, id, notBefore),
  /** Other users whose username or e-mail is one of the names; a few at most. Names in lower case; '' for nobody to leave out. */
  othersWithNames: (realmId: string, id: string, names: readonly string[]) =>
    sql.all<{ id: string; username: string; email: string | null }>(others, realmId, id, JSON.stringify(names)),
  /** Gives an attribute these values; none removes it. Inside a transaction. */
  setAttribute: async (userId: string, name: string, values: readonly string[]) => {
    await sql.run(removeAttribute, userId, name)
    for (const [position, value] of values.entries()) await sql.run(addAttributes, userId, name, position, value)
  },
  /** Inside a transaction, before `othersWithNames`: of two at once the second reads what the first has written. */
  claimEmail: (realmId: string, email: string, nowMs: number) => sql.run(claimEmail, `email:${realmId}:${email}`, realmId, nowMs),
  addRequiredAction: (userId: string, action: string) => sql.run(addRequiredAction, userId, action),
  removeGroup: (userId: string, groupId: string) => sql.run(removeGroup, userId, groupId),
})
