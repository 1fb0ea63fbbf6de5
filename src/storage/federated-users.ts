import { type Sql, statement } from './sql.ts'

const remove = statement('federated-user.remove', 'delete from user_account where realm_id = $1 and federation_link = $2')
const unlink = statement(
  'federated-user.unlink',
  'update user_account set federation_link = null where realm_id = $1 and federation_link = $2',
)

/** Users that came from a user storage provider, by the id of its component. */
export const federatedUsers = (sql: Sql) => ({
  remove: (realmId: string, componentId: string) => sql.run(remove, realmId, componentId),
  unlink: (realmId: string, componentId: string) => sql.run(unlink, realmId, componentId),
})
