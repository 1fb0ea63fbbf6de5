import type { Random } from '../crypto/random.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { Sql } from '../storage/sql.ts'
import { disableAuthorization, enableAuthorization, findResourceServer } from './resource-server.ts'
import { exportSettings, importSettings } from './settings.ts'

/** What a write of a client did to its authorization services; `server` has the id of the client. */
export interface AuthorizationChange {
  readonly kind: 'none' | 'enabled' | 'disabled'
  /** True when settings came with the client and were taken. */
  readonly imported: boolean
}

/** True for a client that may have authorization services: it has a secret and a service account. */
export const mayAuthorize = ({
  authorizationServicesEnabled,
  serviceAccountsEnabled,
  publicClient,
  bearerOnly,
}: ClientRepresentation): boolean =>
  authorizationServicesEnabled === true && serviceAccountsEnabled === true && publicClient !== true && bearerOnly !== true

/** The client as its row keeps it: settings have rows of their own, and the switch is off where the client cannot have them. */
export function withoutAuthorizationSettings(client: ClientRepresentation): ClientRepresentation {
  const { authorizationSettings: _settings, ...kept } = client
  if (kept.authorizationServicesEnabled !== undefined && !mayAuthorize(kept)) delete kept.authorizationServicesEnabled
  return kept
}

/**
 * Makes the resource server of a client that was just written, or takes it away, as its switches say; a new one takes the settings that came
 * with the client. Call it inside of the transaction that writes the client, after its service account is there. `client` is the merged
 * representation before withoutAuthorizationSettings. Throws AdminError for settings that do not fit together.
 */
export async function applyAuthorization(
  tx: Sql,
  realmId: string,
  client: ClientRepresentation & { readonly id: string },
  random: Random,
): Promise<AuthorizationChange> {
  if (!mayAuthorize(client)) return { kind: (await disableAuthorization(tx, client.id)) ? 'disabled' : 'none', imported: false }
  if (!(await enableAuthorization(tx, realmId, client.id, random))) return { kind: 'none', imported: false }
  const server = client.authorizationSettings === undefined ? undefined : await findResourceServer(tx, realmId, client.id)
  if (client.authorizationSettings === undefined || server === undefined) return { kind: 'enabled', imported: false }
  await importSettings({ tx, realmId, server, random }, client.authorizationSettings)
  return { kind: 'enabled', imported: true }
}

/** The settings of a client for exports; undefined for a client without authorization services. */
export async function clientSettings(
  sql: Sql,
  realmId: string,
  clientId: string,
): Promise<ClientRepresentation['authorizationSettings'] | undefined> {
  const server = await findResourceServer(sql, realmId, clientId)
  return server && exportSettings(sql, realmId, server)
}
