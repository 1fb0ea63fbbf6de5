import { InvalidText, passingStatement, type Row, type Sql, type SqlValue, statement } from './sql.ts'
import type { UserRow } from './users.ts'

/** A user with the names of the columns. Texts are in the case in which they are stored; `doc` is an object, not its text. */
export interface UserRecord {
  readonly id: string
  readonly username: string
  readonly email?: string | undefined
  readonly email_verified: 0 | 1
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
  readonly first_name_lower?: string | undefined
  readonly last_name_lower?: string | undefined
  readonly enabled: 0 | 1
  readonly created_at_ms: number
  readonly not_before: number
  readonly service_account_client_id?: string | undefined
  readonly federation_link?: string | undefined
  readonly doc: object
}

export interface AttributeRecord {
  readonly user_id: string
  readonly name: string
  readonly position: number
  readonly value: string
}

export interface CredentialRecord {
  readonly id: string
  readonly user_id: string
  readonly type: string
  readonly user_label?: string | undefined
  readonly created_at_ms: number
  readonly priority: number
  readonly secret_data: string
  readonly credential_data: string
}

export interface ConsentRecord {
  readonly user_id: string
  readonly client_id: string
  readonly created_at_ms: number
  readonly updated_at_ms: number
  readonly doc: object
}

export interface FederatedIdentityRecord {
  readonly user_id: string
  readonly identity_provider: string
  readonly external_user_id?: string | undefined
  readonly external_username?: string | undefined
}

const userColumns = `id, username, email, email_verified, first_name, last_name, first_name_lower, last_name_lower, enabled, created_at_ms,
   not_before, service_account_client_id, federation_link, doc`
const insertUsers = statement(
  'user-import.users',
  `insert into user_account (realm_id, revision, ${userColumns}) select $1, {{random}}, ${userColumns} from {{records $2 (id text, username text, email text,
   email_verified smallint, first_name text, last_name text, first_name_lower text, last_name_lower text, enabled smallint,
   created_at_ms bigint, not_before integer, service_account_client_id text, federation_link text, doc json)}} as given`,
)
const insertAttributes = statement(
  'user-import.attributes',
  `insert into user_attribute (user_id, name, position, value)
   select user_id, name, position, value from {{records $1 (user_id text, name text, position integer, value text)}} as given`,
)
// `where true` keeps SQLite from reading `on conflict` as part of a join.
const insertActions = statement(
  'user-import.required-actions',
  `insert into user_required_action (user_id, position, action)
   select user_id, position, action from {{records $1 (user_id text, position integer, action text)}} as given where true
   on conflict (user_id, action) do nothing`,
)
const insertRoles = statement(
  'user-import.roles',
  `insert into user_role (user_id, role_id)
   select user_id, role_id from {{records $1 (user_id text, role_id text)}} as given where true on conflict (user_id, role_id) do nothing`,
)
const insertGroups = statement(
  'user-import.groups',
  `insert into user_group_member (user_id, group_id)
   select user_id, group_id from {{records $1 (user_id text, group_id text)}} as given where true
   on conflict (user_id, group_id) do nothing`,
)
const credentialColumns = 'id, user_id, type, user_label, created_at_ms, priority, secret_data, credential_data'
const insertCredentials = statement(
  'user-import.credentials',
  `insert into credential (${credentialColumns}) select ${credentialColumns} from {{records $1 (id text, user_id text, type text,
   user_label text, created_at_ms bigint, priority integer, secret_data text, credential_data text)}} as given`,
)
const consentColumns = 'user_id, client_id, created_at_ms, updated_at_ms, doc'
const insertConsents = statement(
  'user-import.consents',
  `insert into user_consent (${consentColumns}) select ${consentColumns} from {{records $1 (user_id text, client_id text,
   created_at_ms bigint, updated_at_ms bigint, doc json)}} as given where true on conflict (user_id, client_id) do nothing`,
)
const linkColumns = 'user_id, identity_provider, external_user_id, external_username'
const insertLinks = statement(
  'user-import.federated-identities',
  `insert into user_federated_identity (${linkColumns}) select ${linkColumns} from {{records $1 (user_id text, identity_provider text,
   external_user_id text, external_username text)}} as given where true on conflict (user_id, identity_provider) do nothing`,
)
// PostgreSQL plans by what it knows of a table, and would look by itself only minutes later. SQLite is told which index to take.
const countedAnew = ['user_account', 'user_attribute', 'user_role', 'user_group_member', 'credential'].map((table) =>
  passingStatement(`user-import.count-anew.${table}`, `{{only postgres}} analyze ${table}`),
)
const sharedEmail = statement(
  'user-import.shared-email',
  'select email from user_account where realm_id = $1 and email is not null group by email having count(*) > 1 limit 1',
)
const byUsername = statement(
  'user-import.by-username',
  'select id, username, email from user_account where realm_id = $1 and username in {{list $2}}',
)
const byEmail = statement(
  'user-import.by-email',
  'select id, username, email from user_account where realm_id = $1 and email in {{list $2}}',
)

const count = statement('user-import.count', 'select count(*) as n from user_account where realm_id = $1')
const serviceAccounts = statement(
  'user-import.service-accounts',
  `select id, realm_id, username, email, email_verified, first_name, last_name, enabled, created_at_ms, not_before,
     service_account_client_id, federation_link, doc
   from user_account where realm_id = $1 and service_account_client_id is not null order by username`,
)

const nul = /(?<!\\)(?:\\\\)*\\u0000/

/**
 * The JSON text of records. U+0000, which PostgreSQL cannot hold, is refused as in a parameter; half a surrogate pair becomes U+FFFD as
 * it does on the way into any other parameter.
 */
function recordsText(name: string, records: readonly object[]): string {
  const text = JSON.stringify(records)
  if (nul.test(text)) throw new InvalidText(name)
  if (!text.includes('\\ud')) return text
  return JSON.stringify(records, (_member, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
}

export interface KnownUserRow extends Row {
  id: string
  username: string
  email: string | null
}

/** Users by the hundred: one statement for each kind of row, whatever the number of rows. */
export const userImport = (sql: Sql) => {
  const insert = async (into: typeof insertUsers, records: readonly object[], ...before: SqlValue[]): Promise<void> => {
    if (records.length > 0) await sql.run(into, ...before, recordsText(into.name, records))
  }
  return {
    users: (realmId: string, records: readonly UserRecord[]) => insert(insertUsers, records, realmId),
    attributes: (records: readonly AttributeRecord[]) => insert(insertAttributes, records),
    requiredActions: (records: readonly { user_id: string; position: number; action: string }[]) => insert(insertActions, records),
    roles: (records: readonly { user_id: string; role_id: string }[]) => insert(insertRoles, records),
    groups: (records: readonly { user_id: string; group_id: string }[]) => insert(insertGroups, records),
    credentials: (records: readonly CredentialRecord[]) => insert(insertCredentials, records),
    consents: (records: readonly ConsentRecord[]) => insert(insertConsents, records),
    federatedIdentities: (records: readonly FederatedIdentityRecord[]) => insert(insertLinks, records),
    /** Tells the database's planner of many new rows. */
    async countAnew(): Promise<void> {
      for (const one of countedAnew) await sql.run(one)
    },
    /** An address that two users of the realm have. */
    sharedEmail: async (realmId: string) => (await sql.one<{ email: string }>(sharedEmail, realmId))?.email,
    /** How many users a realm has, service accounts among them. */
    count: async (realmId: string) => (await sql.one<{ n: number }>(count, realmId))?.n ?? 0,
    serviceAccounts: (realmId: string) => sql.all<UserRow>(serviceAccounts, realmId),
    /** Names and addresses in lower case. */
    byUsername: (realmId: string, names: readonly string[]) => sql.all<KnownUserRow>(byUsername, realmId, JSON.stringify(names)),
    byEmail: (realmId: string, emails: readonly string[]) => sql.all<KnownUserRow>(byEmail, realmId, JSON.stringify(emails)),
  }
}
