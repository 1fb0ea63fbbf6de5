import { AdminError } from '../http/errors.ts'
import { adminRoleNames } from '../realm/defaults/roles.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { adminRoles } from '../storage/admin-roles.ts'
import type { Sql } from '../storage/sql.ts'
import { masterRealm } from '../transfer/import-realm.ts'
import type { Caller } from './caller.ts'

export const forbidden = (): AdminError => new AdminError(403, { error: 'HTTP 403 Forbidden' })

/** What a caller may do in one realm. */
export interface Permissions {
  /** Names of the admin roles of the realm that the caller has and the client may use. */
  readonly held: ReadonlySet<string>
  /** True for everybody who administers something in the realm; the right to impersonate alone is not enough (reference behaviour). */
  readonly isAdmin: boolean
  /** True when the caller has one of the roles. */
  has(...roles: readonly string[]): boolean
  /** Throws 403 unless the caller has one of the roles. */
  require(...roles: readonly string[]): void
}

/**
 * The client whose roles give rights over a realm: `<realm>-realm` for callers from master, `realm-management` for the realm's own.
 * Undefined for anybody else.
 */
export function adminClientId(caller: Caller, target: Pick<RealmSnapshot, 'id' | 'name'>): string | undefined {
  if (caller.realm.name === masterRealm) return `${target.name}-realm`
  return caller.realm.id === target.id ? 'realm-management' : undefined
}

/** Reads the caller's rights over a realm: one statement. */
export async function permissionsOver(sql: Sql, caller: Caller, target: Pick<RealmSnapshot, 'id' | 'name'>): Promise<Permissions> {
  const clientId = adminClientId(caller, target)
  const container = clientId === undefined ? undefined : await caller.realm.client(clientId)
  return permissions(container === undefined ? new Set() : await usableRoles(sql, caller, container.id))
}

/** Realm roles of the caller's own realm, for rights that belong to no single realm: `admin`, `create-realm`. */
export async function realmPermissions(sql: Sql, caller: Caller): Promise<Permissions> {
  return permissions(await usableRoles(sql, caller, caller.realm.id))
}

/** Reads the caller's rights over all realms, by the realm's name; realms in which he has none are left out: one statement. */
export async function permissionsByRealm(sql: Sql, caller: Caller): Promise<ReadonlyMap<string, Permissions>> {
  const rows = (await adminRoles(sql).heldOfClients(caller.userId)).filter((role) => isUsable(caller, role))
  const byRealm = Map.groupBy(rows, (role) => administeredBy(caller, role.client_id))
  return new Map(Array.from(byRealm).flatMap(([name, list]) => (name === undefined ? [] : [[name, permissions(namesOf(list))]])))
}

/** The realm that roles of the client give rights over; undefined when they give none. */
function administeredBy({ realm }: Caller, clientId: string): string | undefined {
  if (realm.name !== masterRealm) return clientId === 'realm-management' ? realm.name : undefined
  return clientId.endsWith('-realm') ? clientId.slice(0, -'-realm'.length) : undefined
}

/** Roles count only when the client that the caller came through may show them (reference behaviour). */
const isUsable = ({ client }: Caller, role: { readonly id: string }): boolean => client.fullScopeAllowed || client.scopeRoleIds.has(role.id)

const namesOf = (roles: readonly { readonly name: string }[]): ReadonlySet<string> => new Set(roles.map((role) => role.name))

async function usableRoles(sql: Sql, caller: Caller, containerId: string): Promise<ReadonlySet<string>> {
  const held = await adminRoles(sql).heldOf(containerId, caller.userId)
  return namesOf(held.filter((role) => isUsable(caller, role)))
}

const administrating = adminRoleNames.filter((name) => name !== 'impersonation')

function permissions(held: ReadonlySet<string>): Permissions {
  const has = (...roles: readonly string[]): boolean => roles.some((role) => held.has(role))
  return {
    held,
    isAdmin: has(...administrating),
    has,
    require(...roles) {
      if (!has(...roles)) throw forbidden()
    },
  }
}
