import { type AuthorizationChange, withoutAuthorizationSettings } from '../../authorization/client-settings.ts'
import { nowSeconds } from '../../clock.ts'
import { randomAlphanumeric } from '../../crypto/random.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import type { ProtocolMapperRepresentation } from '../../representations/client-scope.ts'
import type { Patch } from '../../representations/fields.ts'
import { mergeRepresentation } from '../../representations/merge.ts'
import type { ClientRow } from '../../storage/clients.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, audit } from '../admin-route.ts'
import { auditClientAuthorization, writeClientAuthorization } from '../authorization/client-authorization.ts'
import { noContent, readPatch } from '../bodies.ts'
import { clientForAudit } from './client-audit.ts'
import { requireValidClient } from './client-validation.ts'
import { changeClientOf, duplicateError, findClient, manage, readClient, requireStorable, unknownError } from './client-view.ts'
import type { WriteContext } from './create-client.ts'
import { requireFlows } from './flow-overrides.ts'
import { secretLength } from './secrets.ts'
import { addServiceAccount, removeServiceAccount, renameServiceAccount, setServiceAccountScope } from './service-account.ts'

export type ClientPatch = Patch<typeof clientRepresentation>
export type StoredClient = ReturnType<typeof readClient>

/** Members that a PUT does not change: they are another endpoint's, old names, or only in answers (reference behaviour). */
const untouched = [
  'id',
  'access',
  'origin',
  'defaultRoles',
  'directGrantsOnly',
  'registrationAccessToken',
  'defaultClientScopes',
  'optionalClientScopes',
  'clientTemplate',
  'useTemplateConfig',
  'useTemplateScope',
  'useTemplateMappers',
  'protocolMappers',
] as const satisfies readonly (keyof ClientPatch)[]

/** PUT of a client: members that are given replace or, in maps, join what is stored. */
export async function updateClient(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, manage)
  const patch = normalized(readPatch(context.request, clientRepresentation))
  const { client, authorization } = await patchClient(context, row, () => patch)
  await auditClientAuthorization(context, client, authorization, patch as ClientRepresentation)
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'CLIENT',
    resourcePath: `clients/${row.id}`,
    representation: clientForAudit(patch as ClientRepresentation),
  })
  return noContent()
}

/**
 * Checks and stores what shall be otherwise of a client, with its service account and its authorization services; nothing is audited.
 * `patchOf` is asked once more inside of the transaction, of the client as it is then; `also` runs in it after the rest. Throws
 * InvalidClient and other AdminErrors.
 */
export async function patchClient(
  context: WriteContext,
  row: ClientRow,
  patchOf: (before: StoredClient) => ClientPatch,
  also: (tx: Sql, after: StoredClient) => Promise<void> = async () => undefined,
): Promise<{ readonly client: StoredClient; readonly authorization: AuthorizationChange }> {
  const stored = readClient(row)
  const patch = patchOf(stored)
  requireStorable({ name: patch.clientId })
  await requireFlows(context.realm, patch.authenticationFlowBindingOverrides)
  // Before the transaction: a sector's document may have to be fetched.
  await requireValidClient(context, merged(context, stored, patch))
  let authorization: AuthorizationChange = { kind: 'none', imported: false }
  const client = await changeClientOf(context, row.id, async (before, tx) => {
    const after = merged(context, before, patchOf(before))
    await followServiceAccount(context, tx, before, after)
    authorization = await writeClientAuthorization(context, tx, after)
    await also(tx, after)
    return withoutAuthorizationSettings(after)
  }).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? duplicateError() : error
  })
  return { client, authorization }
}

/** Clients without a secret of their own have no authorization services. */
export const normalized = (patch: ClientPatch): ClientPatch =>
  patch.publicClient === true || patch.bearerOnly === true ? { ...patch, authorizationServicesEnabled: false } : patch

function merged({ services }: WriteContext, before: StoredClient, patch: ClientPatch): StoredClient {
  const changes: ClientPatch = { ...patch }
  for (const name of untouched) delete changes[name]
  // What marks the clients by which the server serves itself is not the caller's to say.
  if (changes.attributes) {
    const { realm_client: _mark, ...attributes } = changes.attributes
    changes.attributes = attributes
  }
  const client: StoredClient = { ...mergeRepresentation(clientRepresentation, before, changes), id: before.id, clientId: before.clientId }
  if (typeof patch.clientId === 'string') client.clientId = patch.clientId
  if (patch.protocolMappers) client.protocolMappers = mergedMappers(before.protocolMappers ?? [], patch.protocolMappers, services.random)
  if (client.authorizationServicesEnabled && !client.serviceAccountsEnabled) {
    if (patch.authorizationServicesEnabled) throw unknownError()
    delete client.authorizationServicesEnabled
  }
  if (patch.publicClient === true) delete client.secret
  else if (client.secret === undefined && !client.publicClient) {
    client.secret = randomAlphanumeric(services.random, secretLength)
    client.attributes = { ...client.attributes, 'client.secret.creation.time': String(nowSeconds(services.clock)) }
  }
  return client
}

const keyOf = ({ protocol, name }: ProtocolMapperRepresentation): string => JSON.stringify([protocol, name])

/** Mappers are known by protocol and name, and keep their ids; those that are not given go away. Throws AdminError for a double. */
function mergedMappers(
  before: readonly ProtocolMapperRepresentation[],
  given: readonly ProtocolMapperRepresentation[],
  random: { uuid(): string },
): ProtocolMapperRepresentation[] {
  const known = new Map(before.map((mapper) => [keyOf(mapper), mapper.id]))
  const seen = new Set<string>()
  return given.map((mapper) => {
    const key = keyOf(mapper)
    if (seen.has(key)) {
      const description = `Cannot add protocol mapper '${mapper.name}'. Protocol mapper name must be unique per protocol`
      throw new AdminError(400, { error: 'invalid_input', error_description: description })
    }
    seen.add(key)
    const { consentText: _text, ...rest } = mapper
    return { ...rest, id: known.get(key) ?? mapper.id ?? random.uuid(), consentRequired: false, config: mapper.config ?? {} }
  })
}

/** The user of the service account comes, goes and is renamed with what the client says. */
async function followServiceAccount({ services, realm }: WriteContext, tx: Sql, before: StoredClient, after: StoredClient): Promise<void> {
  const had = before.serviceAccountsEnabled ?? false
  const has = after.serviceAccountsEnabled ?? false
  if (after.clientId !== before.clientId) await renameServiceAccount(tx, realm, after)
  if (had === has) return
  if (has) await addServiceAccount(services, tx, realm, after)
  else await removeServiceAccount(tx, realm, after)
  await setServiceAccountScope(tx, realm, after.id, has)
}
