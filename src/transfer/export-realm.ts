import { listResourceServers } from '../authorization/resource-server.ts'
import { exportSettings } from '../authorization/settings.ts'
import type { StoredExecution } from '../realm/authentication.ts'
import { presentVersion } from '../realm/defaults/versions.ts'
import type { AuthenticationFlowRepresentation } from '../representations/authentication.ts'
import type { ResourceServerRepresentation } from '../representations/authorization.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { ComponentExportRepresentation, ComponentRepresentation } from '../representations/component.ts'
import type { GroupRepresentation } from '../representations/group.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { RoleRepresentation } from '../representations/role.ts'
import type { ScopeMappingRepresentation } from '../representations/scope-mapping.ts'
import { authentication } from '../storage/authentication.ts'
import { clientScopes as scopeRows } from '../storage/client-scopes.ts'
import { clients as clientRows, type ScopeMappingRow } from '../storage/clients.ts'
import { components as componentRows } from '../storage/components.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { identityProviders } from '../storage/identity-providers.ts'
import { type RealmRow, realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { exportOrganizations } from './export-organizations.ts'
import { namedRoles } from './named-roles.ts'

/** Everything of a realm but its users, as one representation, secrets included: what an import makes the same realm of. */
export async function exportRealm(sql: Sql, name: string): Promise<RealmRepresentation | undefined> {
  const row = await realmRows(sql).find(name)
  if (row === undefined) return undefined
  const roles = await exportRoles(sql, row)
  const flows = await authentication(sql).flows(row.id)
  const configs = await authentication(sql).configs(row.id)
  const actions = await authentication(sql).requiredActions(row.id)
  const providers = await identityProviders(sql).list(row.id)
  const mappers = await identityProviders(sql).mappers(row.id)
  const groups = await exportGroups(sql, row)
  const organizations = await exportOrganizations(sql, row.id)
  return {
    id: row.id,
    realm: row.name,
    ...(JSON.parse(row.doc) as RealmRepresentation),
    enabled: row.enabled === 1,
    ...roles,
    groups: groups.tree,
    ...(groups.defaults.length === 0 ? {} : { defaultGroups: groups.defaults }),
    clients: await exportClients(sql, row),
    ...(await exportScopes(sql, row)),
    ...(await exportScopeMappings(sql, row)),
    components: exportComponents(await componentRows(sql).list(row.id), row.id),
    authenticationFlows: flows.map((flow) => exportFlow(flow.doc, new Map(configs.map(({ id, alias }) => [id, alias])))),
    authenticatorConfig: configs.map((config) => JSON.parse(config.doc)),
    requiredActions: actions.map((action) => JSON.parse(action.doc)),
    identityProviders: providers.map((provider) => JSON.parse(provider.doc)),
    identityProviderMappers: mappers.map((mapper) => JSON.parse(mapper.doc)),
    ...(organizations.length === 0 ? {} : { organizations }),
    keycloakVersion: presentVersion,
  }
}

async function exportRoles(sql: Sql, row: RealmRow): Promise<Pick<RealmRepresentation, 'roles' | 'defaultRole'>> {
  const clientIdOf = new Map((await clientRows(sql).listAll(row.id)).map((client) => [client.id, client.client_id]))
  const composites = Map.groupBy(await roleRows(sql).compositesOfRealm(row.id), (composite) => composite.parent_id)
  const realm: RoleRepresentation[] = []
  const client: Record<string, RoleRepresentation[]> = Object.fromEntries([...clientIdOf.values()].map((clientId) => [clientId, []]))
  let defaultRole: RoleRepresentation | undefined
  for (const role of await roleRows(sql).listOfRealm(row.id)) {
    const own = composites.get(role.id)
    const representation: RoleRepresentation = {
      id: role.id,
      name: role.name,
      attributes: {},
      ...(JSON.parse(role.doc) as RoleRepresentation),
      composite: own !== undefined,
      ...(own === undefined ? {} : { composites: namedRoles(own) }),
      clientRole: role.client_id !== null,
      containerId: role.container_id,
    }
    if (role.client_id === null) realm.push(representation)
    else client[clientIdOf.get(role.client_id) ?? '']?.push(representation)
    if (role.id === row.default_role_id) defaultRole = representation
  }
  return { roles: { realm, client }, ...(defaultRole === undefined ? {} : { defaultRole: withoutComposites(defaultRole) }) }
}

/** The member `defaultRole` names the role and leaves out what is in it. */
const withoutComposites = ({ composites: _, attributes: __, ...role }: RoleRepresentation): RoleRepresentation => role

async function exportGroups(sql: Sql, row: RealmRow): Promise<{ tree: GroupRepresentation[]; defaults: string[] }> {
  const roles = Map.groupBy(await groupRows(sql).rolesOfRealm(row.id), (role) => role.group_id)
  const children = Map.groupBy(await groupRows(sql).listOfRealm(row.id), (group) => group.parent_id)
  const pathOf = new Map<string, string>()
  const build = (parentId: string, parentPath: string): GroupRepresentation[] =>
    (children.get(parentId) ?? []).map((group) => {
      const path = `${parentPath}/${group.name}`
      pathOf.set(group.id, path)
      const { realm: realmRoles = [], client: clientRoles = {} } = namedRoles(roles.get(group.id) ?? [])
      return {
        id: group.id,
        name: group.name,
        path,
        ...(parentId === '' ? {} : { parentId }),
        ...(JSON.parse(group.doc) as GroupRepresentation),
        realmRoles,
        clientRoles,
        subGroups: build(group.id, path),
      }
    })
  const tree = build('', '')
  const defaults = await groupRows(sql).realmDefaults(row.id)
  return { tree, defaults: defaults.flatMap(({ group_id }) => pathOf.get(group_id) ?? []) }
}

async function exportClients(sql: Sql, row: RealmRow): Promise<ClientRepresentation[]> {
  const scopes = Map.groupBy(await clientRows(sql).scopeNamesOfRealm(row.id), (link) => link.client_id)
  const settings = new Map<string, ResourceServerRepresentation>()
  for (const server of await listResourceServers(sql, row.id)) settings.set(server.id, await exportSettings(sql, row.id, server))
  return (await clientRows(sql).listAll(row.id)).map((client) => {
    const authorizationSettings = settings.get(client.id)
    const links = scopes.get(client.id) ?? []
    const named = (isDefault: number): string[] => links.filter((link) => link.is_default === isDefault).map((link) => link.name)
    return {
      id: client.id,
      clientId: client.client_id,
      ...(JSON.parse(client.doc) as ClientRepresentation),
      ...(authorizationSettings === undefined ? {} : { authorizationSettings }),
      defaultClientScopes: named(1),
      optionalClientScopes: named(0),
    }
  })
}

async function exportScopes(
  sql: Sql,
  row: RealmRow,
): Promise<Pick<RealmRepresentation, 'clientScopes' | 'defaultDefaultClientScopes' | 'defaultOptionalClientScopes'>> {
  const scopes = await scopeRows(sql).list(row.id)
  const nameOf = new Map(scopes.map((scope) => [scope.id, scope.name]))
  const defaults = await scopeRows(sql).realmDefaults(row.id)
  const named = (isDefault: number): string[] =>
    defaults.filter((link) => link.is_default === isDefault).flatMap((link) => nameOf.get(link.scope_id) ?? [])
  return {
    clientScopes: scopes.map((scope) => ({ id: scope.id, name: scope.name, attributes: {}, ...JSON.parse(scope.doc) })),
    defaultDefaultClientScopes: named(1),
    defaultOptionalClientScopes: named(0),
  }
}

/** Ids of executions are ours alone: a realm file names them by their place, and their configuration by its alias. */
function exportFlow(doc: string, aliasOfConfig: ReadonlyMap<string, string | null>): AuthenticationFlowRepresentation {
  const flow = JSON.parse(doc) as AuthenticationFlowRepresentation
  const executions: readonly StoredExecution[] = flow.authenticationExecutions ?? []
  return {
    ...flow,
    authenticationExecutions: executions.map(({ id: _id, configId, ...execution }) => {
      const alias = configId === undefined ? undefined : aliasOfConfig.get(configId)
      return alias ? { ...execution, authenticatorConfig: alias } : execution
    }),
  }
}

/** Mappings to realm roles stand in one list, those to roles of a client under its clientId. */
async function exportScopeMappings(sql: Sql, row: RealmRow): Promise<Pick<RealmRepresentation, 'scopeMappings' | 'clientScopeMappings'>> {
  const mappings = [
    ...(await clientRows(sql).scopeMappingsOfRealm(row.id)).map((mapping) => ({ ...mapping, kind: 'client' as const })),
    ...(await scopeRows(sql).scopeMappingsOfRealm(row.id)).map((mapping) => ({ ...mapping, kind: 'clientScope' as const })),
  ]
  const byContainer = Map.groupBy(mappings, (mapping) => mapping.container)
  const holders = (list: readonly (ScopeMappingRow & { kind: 'client' | 'clientScope' })[]): ScopeMappingRepresentation[] =>
    Array.from(Map.groupBy(list, ({ kind, holder }) => `${kind} ${holder}`).values(), (group) => {
      const [first] = group
      return { ...(first ? { [first.kind]: first.holder } : {}), roles: group.map((mapping) => mapping.role) }
    })
  const realm = holders(byContainer.get(null) ?? [])
  const byClient = Object.fromEntries(
    Array.from(byContainer).flatMap(([container, list]) => (container === null ? [] : [[container, holders(list)]])),
  )
  return {
    ...(realm.length > 0 ? { scopeMappings: realm } : {}),
    ...(Object.keys(byClient).length > 0 ? { clientScopeMappings: byClient } : {}),
  }
}

function exportComponents(
  rows: readonly { parent_id: string; doc: string }[],
  parentId: string,
): Record<string, ComponentExportRepresentation[]> {
  const children = rows.filter((row) => row.parent_id === parentId).map((row) => JSON.parse(row.doc) as ComponentRepresentation)
  const sections = Map.groupBy(children, (component) => component.providerType ?? '')
  return Object.fromEntries(
    Array.from(sections, ([type, list]) => [
      type,
      list.map(
        ({ providerType: _type, parentId: _parent, ...component }): ComponentExportRepresentation => ({
          ...component,
          subComponents: exportComponents(rows, component.id ?? ''),
        }),
      ),
    ]),
  )
}
