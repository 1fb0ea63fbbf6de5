import { type Row, type Sql, statement } from './sql.ts'

/** Names of what a realm has, without the rest: a realm may have 10,000 clients. */
const clients = statement('partial-import.clients', 'select id, client_id from client where realm_id = $1')
const roles = statement('partial-import.roles', 'select id, client_id, name from role where realm_id = $1')
const groups = statement('partial-import.groups', 'select id, parent_id, name from user_group where realm_id = $1')
const providers = statement('partial-import.identity-providers', 'select id, alias from identity_provider where realm_id = $1')
const mappers = statement(
  'partial-import.identity-provider-mappers',
  `select id, name, doc ->> 'identityProviderAlias' as alias from identity_provider_mapper where realm_id = $1`,
)
const groupRoles = statement('partial-import.group-roles', 'select distinct role_id from group_role where group_id in {{list $1}}')
const removeUsers = statement('partial-import.remove-users', 'delete from user_account where realm_id = $1 and id in {{list $2}}')
const removeClients = statement('partial-import.remove-clients', 'delete from client where realm_id = $1 and id in {{list $2}}')
const removeRoles = statement('partial-import.remove-roles', 'delete from role where realm_id = $1 and id in {{list $2}}')
const removeGroups = statement(
  'partial-import.remove-groups',
  `delete from user_group where realm_id = $1 and id in (
     with recursive below (id) as (
       select id from user_group where id in {{list $2}}
       union select g.id from below b join user_group g on g.parent_id = b.id
     ) select id from below)`,
)
const removeProviders = statement(
  'partial-import.remove-identity-providers',
  'delete from identity_provider where realm_id = $1 and id in {{list $2}}',
)
const removeMappers = statement(
  'partial-import.remove-identity-provider-mappers',
  'delete from identity_provider_mapper where realm_id = $1 and id in {{list $2}}',
)

export interface NamedGroupRow extends Row {
  id: string
  /** '' at the top. */
  parent_id: string
  name: string
}

export const partialImportRows = (sql: Sql) => {
  const removal = (statementOf: typeof removeUsers) => async (realmId: string, ids: readonly string[]) => {
    if (ids.length > 0) await sql.run(statementOf, realmId, JSON.stringify(ids))
  }
  return {
    clients: (realmId: string) => sql.all<{ id: string; client_id: string }>(clients, realmId),
    /** `client_id` is the client's internal id, null for realm roles. */
    roles: (realmId: string) => sql.all<{ id: string; client_id: string | null; name: string }>(roles, realmId),
    groups: (realmId: string) => sql.all<NamedGroupRow>(groups, realmId),
    identityProviders: (realmId: string) => sql.all<{ id: string; alias: string }>(providers, realmId),
    identityProviderMappers: (realmId: string) => sql.all<{ id: string; name: string; alias: string | null }>(mappers, realmId),
    /** The roles that groups have themselves. */
    groupRoles: (groupIds: readonly string[]) => sql.all<{ role_id: string }>(groupRoles, JSON.stringify(groupIds)),
    removeUsers: removal(removeUsers),
    removeClients: removal(removeClients),
    removeRoles: removal(removeRoles),
    /** With everything below them. */
    removeGroups: removal(removeGroups),
    removeIdentityProviders: removal(removeProviders),
    removeIdentityProviderMappers: removal(removeMappers),
  }
}
