import { keyProviderType } from '../keys/provider.ts'
import { findKeyProvider } from '../keys/providers.ts'
import type { ComponentExportRepresentation } from '../representations/component.ts'
import { maskComponentConfig, maskRepresentation } from '../representations/mask.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import type { UserRepresentation } from '../representations/user.ts'
import type { Sql } from '../storage/sql.ts'
import { exportRealm } from './export-realm.ts'
import { exportServiceAccounts } from './export-users.ts'

export interface PartialExportOptions {
  /** With the clients go the users of their service accounts. */
  readonly clients: boolean
  readonly groupsAndRoles: boolean
}

/**
 * A realm as administrators may carry it away: no people, no keys, secrets masked. Undefined when there is no such realm. Roles of
 * clients are there only beside the clients, and what service accounts may do only beside the roles (reference behaviour).
 */
export async function exportPartial(sql: Sql, name: string, options: PartialExportOptions): Promise<RealmRepresentation | undefined> {
  const whole = await exportRealm(sql, name)
  if (whole === undefined) return undefined
  const { roles, groups, clients, clientScopeMappings, ...rest } = whole
  const realm: RealmRepresentation = { ...rest, components: maskedComponents(rest.components ?? {}) }
  if (options.groupsAndRoles) {
    realm.roles = { realm: roles?.realm ?? [], ...(options.clients ? { client: roles?.client ?? {} } : {}) }
    realm.groups = groups ?? []
  }
  if (options.clients) {
    realm.clients = clients ?? []
    if (clientScopeMappings) realm.clientScopeMappings = clientScopeMappings
    const users = await exportServiceAccounts(sql, whole.id ?? '')
    if (users.length > 0) realm.users = users.map((user) => serviceAccount(user, options.groupsAndRoles))
  }
  return maskRepresentation(realmRepresentation, realm, 'export')
}

function serviceAccount(user: UserRepresentation, withRights: boolean): UserRepresentation {
  const { credentials: _, clientConsents: __, realmRoles = [], clientRoles = {}, groups = [], ...rest } = user
  if (!withRights) return rest
  return {
    ...rest,
    ...(realmRoles.length > 0 ? { realmRoles } : {}),
    ...(Object.keys(clientRoles).length > 0 ? { clientRoles } : {}),
    groups,
  }
}

type Components = NonNullable<RealmRepresentation['components']>

function maskedComponents(sections: Components): Components {
  return Object.fromEntries(Object.entries(sections).map(([type, list]) => [type, list.map((component) => masked(type, component))]))
}

function masked(providerType: string, component: ComponentExportRepresentation): ComponentExportRepresentation {
  const known = providerType === keyProviderType ? findKeyProvider(component.providerId ?? '')?.properties : undefined
  const properties = known?.map(({ name = '', secret = false }) => ({ name, secret }))
  return {
    ...component,
    config: maskComponentConfig(component.config ?? {}, properties),
    subComponents: maskedComponents(component.subComponents ?? {}),
  }
}
