import type { IdentityProviderMapperRepresentation, IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import { escapedLike } from './like.ts'
import { type Row, type Sql, type SqlValue, statement } from './sql.ts'

/** `doc` is the IdentityProviderRepresentation, its secret included. */
export interface IdentityProviderRow extends Row {
  id: string
  alias: string
  doc: string
}

/** `doc` is the IdentityProviderMapperRepresentation. */
export interface IdentityProviderMapperRow extends Row {
  id: string
  name: string
  doc: string
}

/** What a list is narrowed to; undefined: no matter. */
export interface IdentityProviderFilter {
  /** A `like` pattern with `!` as its escape, in lower case, for the alias or the name shown. */
  readonly pattern: string | undefined
  readonly providerIds: readonly string[] | undefined
  /** Leaves out those that belong to an organization. */
  readonly realmOnly: boolean
}

const columns = 'id, alias, doc'
const list = statement('identity-provider.list', `select ${columns} from identity_provider where realm_id = $1 order by alias`)
const someProvider = statement('identity-provider.some', 'select 1 as found from identity_provider where realm_id = $1 limit 1')
const search = statement(
  'identity-provider.search',
  `select ${columns} from identity_provider where realm_id = $1
     and (cast($2 as text) is null or alias_lower like $2 escape '!' or display_name_lower like $2 escape '!')
     and (cast($3 as text) is null or provider_id in {{list $3}})
     and (cast($4 as integer) = 0 or doc ->> 'organizationId' is null)
   order by alias limit $5 offset $6`,
)
const anyOf = statement(
  'identity-provider.any-of',
  'select 1 as n from identity_provider where realm_id = $1 and provider_id in {{list $2}} limit 1',
)
const find = statement('identity-provider.find', `select ${columns} from identity_provider where realm_id = $1 and alias = $2`)
const withIssuer = statement(
  'identity-provider.with-issuer',
  `select alias, doc from identity_provider where realm_id = $1 and id <> $2 and provider_id in {{list $3}}
   and cast(doc as text) like $4 escape '!' order by alias limit 100`,
)
const insert = statement(
  'identity-provider.insert',
  `insert into identity_provider (id, realm_id, alias, doc, provider_id, alias_lower, display_name_lower) values ($1, $2, $3, $4, $5, $6, $7)`,
)
const update = statement(
  'identity-provider.update',
  `update identity_provider set alias = $3, doc = $4, provider_id = $5, alias_lower = $6, display_name_lower = $7
   where realm_id = $1 and id = $2`,
)
const remove = statement('identity-provider.remove', 'delete from identity_provider where realm_id = $1 and id = $2')
const mappers = statement(
  'identity-provider.mappers',
  'select id, name, doc from identity_provider_mapper where realm_id = $1 order by name, id',
)
const mappersOf = statement(
  'identity-provider.mappers-of',
  'select id, name, doc from identity_provider_mapper where realm_id = $1 and provider_alias = $2 order by name, id',
)
const findMapper = statement(
  'identity-provider.find-mapper',
  'select id, name, doc from identity_provider_mapper where realm_id = $1 and id = $2',
)
const insertMapper = statement(
  'identity-provider.insert-mapper',
  'insert into identity_provider_mapper (id, realm_id, name, doc, provider_alias) values ($1, $2, $3, $4, $5)',
)
const updateMapper = statement(
  'identity-provider.update-mapper',
  'update identity_provider_mapper set name = $3, doc = $4, provider_alias = $5 where realm_id = $1 and id = $2',
)
const removeMapper = statement('identity-provider.remove-mapper', 'delete from identity_provider_mapper where realm_id = $1 and id = $2')
const removeMappersOf = statement(
  'identity-provider.remove-mappers-of',
  'delete from identity_provider_mapper where realm_id = $1 and provider_alias = $2',
)

const lowered = (doc: IdentityProviderRepresentation): SqlValue[] => [
  doc.providerId ?? '',
  (doc.alias ?? '').toLowerCase(),
  doc.displayName?.toLowerCase() ?? null,
]

export const identityProviders = (sql: Sql) => ({
  /** By alias. */
  /** Whether a realm has one. */
  exist: async (realmId: string) => (await sql.one<{ found: number }>(someProvider, realmId)) !== undefined,
  list: (realmId: string) => sql.all<IdentityProviderRow>(list, realmId),
  /** Whether the realm has one of the kinds. */
  anyOf: async (realmId: string, providerIds: readonly string[]) =>
    (await sql.one(anyOf, realmId, JSON.stringify(providerIds))) !== undefined,
  search: (realmId: string, filter: IdentityProviderFilter, page: { readonly first: number; readonly max: number }) =>
    sql.all<IdentityProviderRow>(
      search,
      realmId,
      filter.pattern ?? null,
      filter.providerIds === undefined ? null : JSON.stringify(filter.providerIds),
      filter.realmOnly ? 1 : 0,
      page.max,
      page.first,
    ),
  find: (realmId: string, alias: string) => sql.one<IdentityProviderRow>(find, realmId, alias),
  /** Other providers of these kinds in whose settings the issuer stands somewhere: candidates. */
  withIssuer: (realmId: string, id: string, providerIds: readonly string[], issuer: string) =>
    sql.all<{ alias: string; doc: string }>(
      withIssuer,
      realmId,
      id,
      JSON.stringify(providerIds),
      `%${escapedLike(JSON.stringify(issuer))}%`,
    ),
  insert: (realmId: string, id: string, doc: IdentityProviderRepresentation) =>
    sql.run(insert, id, realmId, doc.alias ?? '', JSON.stringify(doc), ...lowered(doc)),
  update: (realmId: string, id: string, doc: IdentityProviderRepresentation) =>
    sql.run(update, realmId, id, doc.alias ?? '', JSON.stringify(doc), ...lowered(doc)),
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  mappers: (realmId: string) => sql.all<IdentityProviderMapperRow>(mappers, realmId),
  /** Of one provider, by its alias. */
  mappersOf: (realmId: string, alias: string) => sql.all<IdentityProviderMapperRow>(mappersOf, realmId, alias),
  findMapper: (realmId: string, id: string) => sql.one<IdentityProviderMapperRow>(findMapper, realmId, id),
  insertMapper: (realmId: string, id: string, doc: IdentityProviderMapperRepresentation) =>
    sql.run(insertMapper, id, realmId, doc.name ?? '', JSON.stringify(doc), doc.identityProviderAlias ?? ''),
  updateMapper: (realmId: string, id: string, doc: IdentityProviderMapperRepresentation) =>
    sql.run(updateMapper, realmId, id, doc.name ?? '', JSON.stringify(doc), doc.identityProviderAlias ?? ''),
  removeMapper: (realmId: string, id: string) => sql.run(removeMapper, realmId, id),
  removeMappersOf: (realmId: string, alias: string) => sql.run(removeMappersOf, realmId, alias),
})
