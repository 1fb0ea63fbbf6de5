import { AdminError } from '../http/errors.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { type ExternalSystemRow, externalSystems, type SystemRoleRow } from '../storage/external-systems.ts'
import { containing } from '../storage/like.ts'
import { users as userRows } from '../storage/users.ts'
import { attributeNames, type SystemAccess, type SystemAttributes } from './rules.ts'
import type { RegistryContext } from './services.ts'
import { typeAttribute } from './system-type.ts'

/** Clients whose roles are what a system may reach. */
export const accessClients = { searchConditions: 'data-factory', businessProcesses: 'business-process' } as const

/** An external system as it is told: no secret in it. Times are ISO 8601 in UTC. */
export interface ExternalSystem {
  readonly name: string
  readonly clientId: string
  readonly type: string
  readonly status: 'active' | 'blocked'
  /** Whether it sends a password or signs. */
  readonly authentication: 'password' | 'key'
  readonly createdAt?: string
  /** Some seconds late; absent when it never got a token. */
  readonly lastTokenAt?: string
  /** While the password before goes on working. */
  readonly previousValidUntil?: string
  /** Of the realm. */
  readonly roles: readonly string[]
  readonly attributes: SystemAttributes
  readonly access: SystemAccess
}

export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** The system that the path names. Throws AdminError 404. */
export async function requireSystem({ services, realm }: RegistryContext, name: string): Promise<ExternalSystemRow> {
  const row = await externalSystems(services.database).find(realm.id, name)
  if (row === undefined) throw new AdminError(404, { error: 'Could not find external system' })
  return row
}

/** Describes systems with two statements, however many they are. */
export async function describeSystems(context: RegistryContext, rows: readonly ExternalSystemRow[]): Promise<ExternalSystem[]> {
  const { database } = context.services
  const userIds = rows.flatMap(({ user_id }) => user_id ?? [])
  if (userIds.length === 0) return rows.map((row) => describe(context, row, [], []))
  const roles = Map.groupBy(await externalSystems(database).rolesOf(userIds), (role) => role.user_id)
  const attributes = Map.groupBy(await userRows(database).attributesOf(userIds), (attribute) => attribute.user_id)
  return rows.map((row) => describe(context, row, roles.get(row.user_id ?? '') ?? [], attributes.get(row.user_id ?? '') ?? []))
}

function describe(
  { services, realm }: RegistryContext,
  row: ExternalSystemRow,
  roles: readonly SystemRoleRow[],
  attributes: readonly { readonly name: string; readonly value: string }[],
): ExternalSystem {
  const client = JSON.parse(row.doc) as ClientRepresentation
  const lastTokenAtMs = Math.max(row.last_token_at_ms ?? 0, services.tokenUses.lastOf(row.id) ?? 0)
  const previousUntilMs = Number(client.attributes?.['client.secret.rotated.expiration.time'] ?? 0) * 1_000
  const rolesOf = (clientId: string | null): string[] => roles.filter((role) => role.client === clientId).map((role) => role.name)
  const values = attributeNames.flatMap((name) => attributes.find((attribute) => attribute.name === name) ?? [])
  return {
    name: row.client_id,
    clientId: row.client_id,
    type: client.attributes?.[typeAttribute] ?? '',
    status: client.enabled === false ? 'blocked' : 'active',
    authentication: signs(client) ? 'key' : 'password',
    ...(row.created_at_ms === null ? {} : { createdAt: isoTime(row.created_at_ms) }),
    ...(lastTokenAtMs === 0 ? {} : { lastTokenAt: isoTime(lastTokenAtMs) }),
    ...(previousUntilMs > services.clock.now() ? { previousValidUntil: isoTime(previousUntilMs) } : {}),
    roles: roles.filter((role) => role.client === null && role.id !== realm.defaultRoleId).map((role) => role.name),
    attributes: Object.fromEntries(values.map(({ name, value }) => [name, value])),
    access: { searchConditions: rolesOf(accessClients.searchConditions), businessProcesses: rolesOf(accessClients.businessProcesses) },
  }
}

/** True for a client that proves by a signature who it is. */
export const signs = ({ clientAuthenticatorType }: ClientRepresentation): boolean => clientAuthenticatorType === 'client-jwt'

/** Systems whose name holds a text, by name. */
export async function listSystems(
  context: RegistryContext,
  search: string,
  page: { readonly first: number; readonly max: number },
): Promise<ExternalSystem[]> {
  const { services, realm } = context
  return describeSystems(context, await externalSystems(services.database).list(realm.id, containing(search), page))
}
