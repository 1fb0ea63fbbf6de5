import { type Row, type Sql, statement } from './sql.ts'

/** A user's account at an identity provider, named by its alias. `token` is what the provider gave, where the realm keeps it. */
export interface FederatedIdentityRow extends Row {
  user_id: string
  identity_provider: string
  external_user_id: string | null
  external_username: string | null
  token: string | null
}

const columns = 'user_id, identity_provider, external_user_id, external_username, token'
const listOfMany = statement(
  'federated-identity.list-of-many',
  `select ${columns} from user_federated_identity where user_id in {{list $1}} order by user_id, identity_provider`,
)
const insert = statement(
  'federated-identity.insert',
  `insert into user_federated_identity (${columns}) values ($1, $2, $3, $4, $5) on conflict (user_id, identity_provider) do nothing`,
)
const remove = statement('federated-identity.remove', 'delete from user_federated_identity where user_id = $1 and identity_provider = $2')
const removeOfProvider = statement(
  'federated-identity.remove-of-provider',
  `delete from user_federated_identity where identity_provider = $2
   and exists (select 1 from user_account u where u.id = user_federated_identity.user_id and u.realm_id = $1)`,
)

export const federatedIdentities = (sql: Sql) => ({
  listOfMany: (userIds: readonly string[]) => sql.all<FederatedIdentityRow>(listOfMany, JSON.stringify(userIds)),
  /** Returns 0 when the user has an account at the provider already. */
  insert: (f: FederatedIdentityRow) => sql.run(insert, f.user_id, f.identity_provider, f.external_user_id, f.external_username, f.token),
  /** Returns 0 when there was none. */
  remove: (userId: string, identityProvider: string) => sql.run(remove, userId, identityProvider),
  /** All links to a provider that the realm loses. */
  removeOfProvider: (realmId: string, identityProvider: string) => sql.run(removeOfProvider, realmId, identityProvider),
})
