import type { IdentityProviderRow } from './identity-providers.ts'
import { type Sql, statement } from './sql.ts'

const find = statement('organization-provider.find', 'select id, alias, doc from identity_provider where realm_id = $1 and alias = $2')
const listOf = statement(
  'organization-provider.list-of',
  `select id, alias, doc from identity_provider where realm_id = $1 and (doc ->> 'organizationId') = $2 order by id`,
)
const ofMany = statement(
  'organization-provider.of-many',
  `select id, alias, doc from identity_provider where realm_id = $1 and (doc ->> 'organizationId') in {{list $2}} order by alias`,
)
const setDoc = statement('organization-provider.set-doc', 'update identity_provider set doc = $2 where id = $1')

/** Identity providers as organizations see them: an identity provider's doc says which organization it belongs to. */
export const organizationProviders = (sql: Sql) => ({
  find: (realmId: string, alias: string) => sql.one<IdentityProviderRow>(find, realmId, alias),
  listOf: (realmId: string, organizationId: string) => sql.all<IdentityProviderRow>(listOf, realmId, organizationId),
  ofMany: (realmId: string, organizationIds: readonly string[]) =>
    sql.all<IdentityProviderRow>(ofMany, realmId, JSON.stringify(organizationIds)),
  setDoc: (id: string, doc: string) => sql.run(setDoc, id, doc),
})
