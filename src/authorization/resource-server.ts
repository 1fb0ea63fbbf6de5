/**
 * Authorization services: clients that protect resources, the policies that say who may do what with them, and the engine that decides. Not
 * here: the token endpoint's grant and the protection API (oidc), the Admin API. May call everything to its left.
 */
import type { Random } from '../crypto/random.ts'
import type { ResourceServerRepresentation } from '../representations/authorization.ts'
import { type ResourceServerRow, type ResourceServerSettings, resourceServers } from '../storage/resource-servers.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'

export type EnforcementMode = 'ENFORCING' | 'PERMISSIVE' | 'DISABLED'
export type DecisionStrategy = 'UNANIMOUS' | 'AFFIRMATIVE' | 'CONSENSUS'

/** A client with authorization services. */
export interface ResourceServer {
  /** The client's internal id: also the owner of what nobody else owns. */
  readonly id: string
  readonly clientId: string
  readonly allowRemoteResourceManagement: boolean
  readonly policyEnforcementMode: EnforcementMode
  readonly decisionStrategy: DecisionStrategy
}

/** The client role that lets a client use the protection API. */
export const protectionRole = 'uma_protection'

const serverOf = (row: ResourceServerRow): ResourceServer => ({
  id: row.id,
  clientId: row.client_id,
  allowRemoteResourceManagement: row.allow_remote_management === 1,
  policyEnforcementMode: row.enforcement_mode as EnforcementMode,
  decisionStrategy: row.decision_strategy as DecisionStrategy,
})

/** By the client's internal id; undefined for a client without authorization services. */
export async function findResourceServer(sql: Sql, realmId: string, id: string): Promise<ResourceServer | undefined> {
  const row = await resourceServers(sql).find(realmId, id)
  return row && serverOf(row)
}

export async function listResourceServers(sql: Sql, realmId: string): Promise<ResourceServer[]> {
  return (await resourceServers(sql).listOfRealm(realmId)).map(serverOf)
}

/** Without its resources, policies and scopes, as the Admin API prints it. */
export const describeServer = (server: ResourceServer): ResourceServerRepresentation => ({
  id: server.id,
  clientId: server.id,
  name: server.clientId,
  allowRemoteResourceManagement: server.allowRemoteResourceManagement,
  policyEnforcementMode: server.policyEnforcementMode,
  resources: [],
  policies: [],
  scopes: [],
  decisionStrategy: server.decisionStrategy,
})

const initialSettings: ResourceServerSettings = {
  allowRemoteManagement: true,
  enforcementMode: 'ENFORCING',
  decisionStrategy: 'UNANIMOUS',
}

export const settingsOf = (
  given: Pick<ResourceServerRepresentation, 'allowRemoteResourceManagement' | 'policyEnforcementMode' | 'decisionStrategy'>,
): ResourceServerSettings => ({
  allowRemoteManagement: given.allowRemoteResourceManagement ?? true,
  enforcementMode: given.policyEnforcementMode ?? 'ENFORCING',
  decisionStrategy: given.decisionStrategy ?? 'UNANIMOUS',
})

/**
 * Turns a client into a resource server: its own role `uma_protection`, which its service account gets. Returns false when it was one
 * already. Writes what realm snapshots hold: the caller bumps the realm's revision.
 */
export async function enableAuthorization(tx: Sql, realmId: string, clientId: string, random: Random): Promise<boolean> {
  if ((await resourceServers(tx).insert(realmId, clientId, initialSettings)) === 0) return false
  const known = await roleRows(tx).find(clientId, protectionRole)
  const id = known?.id ?? random.uuid()
  if (known === undefined) await roleRows(tx).insert(realmId, { id, clientId, name: protectionRole, doc: '{}' })
  const account = await userRows(tx).findServiceAccount(clientId)
  if (account) await userRows(tx).addRole(account.id, id)
  return true
}

/** Forgets everything that the client protects; the role stays (reference behaviour). */
export const disableAuthorization = async (tx: Sql, clientId: string): Promise<boolean> => (await resourceServers(tx).remove(clientId)) > 0
