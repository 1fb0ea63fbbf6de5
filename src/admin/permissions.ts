import { AdminError } from '../http/errors.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { adminRoles } from '../storage/admin-roles.ts'
import type { Sql } from '../storage/sql.ts'
import { masterRealm } from '../transfer/import-realm.ts'
import type { Caller } from './authentication.ts'

export const forbidden = (): AdminError => new AdminError(403, { error: 'HTTP 403 Forbidden' })

/** What a caller may do in one realm. */
export interface Permissions {
  /** Names of the admin roles of the realm that the caller has and the client may use. */
  readonly held: ReadonlySet<string>
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

/** Roles count only when the client that the caller came through may show them (reference behaviour). */
async function usableRoles(sql: Sql, { client, userId }: Caller, containerId: string): Promise<ReadonlySet<string>> {
  const held = await adminRoles(sql).heldOf(containerId, userId)
  return new Set(held.filter((role) => client.fullScopeAllowed || client.scopeRoleIds.has(role.id)).map((role) => role.name))
}

function permissions(held: ReadonlySet<string>): Permissions {
  const has = (...roles: readonly string[]): boolean => roles.some((role) => held.has(role))
  return {
    held,
    has,
    require(...roles) {
      if (!has(...roles)) throw forbidden()
    },
  }
}
