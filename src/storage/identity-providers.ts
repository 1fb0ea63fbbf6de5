import { type Row, type Sql, statement } from './sql.ts'

export interface IdentityProviderRow extends Row {
  id: string
  alias: string
  doc: string
}

const list = statement('identity-provider.list', 'select id, alias, doc from identity_provider where realm_id = $1 order by alias')
const insert = statement('identity-provider.insert', 'insert into identity_provider (id, realm_id, alias, doc) values ($1, $2, $3, $4)')
const mappers = statement(
  'identity-provider.mappers',
  'select id, name, doc from identity_provider_mapper where realm_id = $1 order by name, id',
)
const insertMapper = statement(
  'identity-provider.insert-mapper',
  'insert into identity_provider_mapper (id, realm_id, name, doc) values ($1, $2, $3, $4)',
)

export const identityProviders = (sql: Sql) => ({
  list: (realmId: string) => sql.all<IdentityProviderRow>(list, realmId),
  insert: (realmId: string, provider: { id: string; alias: string; doc: string }) =>
    sql.run(insert, provider.id, realmId, provider.alias, provider.doc),
  mappers: (realmId: string) => sql.all<{ id: string; name: string; doc: string }>(mappers, realmId),
  insertMapper: (realmId: string, mapper: { id: string; name: string; doc: string }) =>
    sql.run(insertMapper, mapper.id, realmId, mapper.name, mapper.doc),
})
