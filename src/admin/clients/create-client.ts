import { type AuthorizationChange, withoutAuthorizationSettings } from '../../authorization/client-settings.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { completeClient } from '../../realm/defaults/clients.ts'
import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import type { ClientScopeRepresentation } from '../../representations/client-scope.ts'
import { type ClientScopeRow, clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { algorithmsOfClient, missingKeys } from '../../transfer/missing-keys.ts'
import { writeComponents } from '../../transfer/write-components.ts'
import { type AdminContext, audit } from '../admin-route.ts'
import { auditClientAuthorization, writeClientAuthorization } from '../authorization/client-authorization.ts'
import { created, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { clientForAudit } from './client-audit.ts'
import { requireValidClient } from './client-validation.ts'
import { clientDoc, duplicateError, idMax, requireStorable, unknownError } from './client-view.ts'
import { requireFlows } from './flow-overrides.ts'
import { generateClientKeys } from './key-pair.ts'
import { addServiceAccount } from './service-account.ts'

/** Makes a client with the reference's defaults for its kind. */
export async function createClient(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, clientRepresentation)
  const { client, authorization } = await makeClient(context, given)
  const { id, clientId } = client
  audit(context, {
    operation: 'CREATE',
    resourceType: 'CLIENT',
    resourcePath: `clients/${id}`,
    representation: clientForAudit({ ...given, id }),
  })
  await auditClientAuthorization(context, { id, clientId }, authorization)
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/clients/${encodeURIComponent(id)}`)
}

/** What writing a client needs; who may is asked before. */
export type WriteContext = Pick<AdminContext, 'services' | 'realm'>

export interface MadeClient {
  readonly client: ClientRepresentation & { readonly id: string; readonly clientId: string }
  readonly authorization: AuthorizationChange
}

/**
 * Checks and stores a new client, with its scopes and its service account; nothing is audited. `also` runs in the same transaction, after the
 * rest. Throws InvalidClient, ClientTaken and other AdminErrors.
 */
export async function makeClient(
  context: WriteContext,
  given: ClientRepresentation,
  also: (tx: Sql, client: MadeClient['client']) => Promise<void> = async () => undefined,
): Promise<MadeClient> {
  const { services, realm } = context
  if ((given.id ?? '').length > idMax)
    throw new AdminError(400, { error: 'invalid_input', error_description: `Client ID must not exceed ${idMax} characters` })
  requireStorable({ name: given.clientId })
  const id = given.id || services.random.uuid()
  const prepared = await prepare(context, { ...given, id })
  const clientId = prepared.clientId ?? id
  const client = { ...prepared, id, clientId }
  const keys = await missingKeys(realm, algorithmsOfClient(client), services)
  const authorization = await changeRealm(context, async (tx) => {
    if ((await clientRows(tx).find(realm.id, clientId)) !== undefined) throw new ClientTaken(clientId)
    await clientRows(tx).insert(realm.id, { id, clientId, doc: clientDoc(withoutAuthorizationSettings(client)) })
    await writeComponents(tx, realm.id, keys)
    await linkScopes(tx, realm.id, id, client)
    if (client.serviceAccountsEnabled) await addServiceAccount(services, tx, realm, { id, clientId })
    await also(tx, client)
    return writeClientAuthorization(context, tx, client)
  }).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? duplicateError() : error
  })
  return { client, authorization }
}

/** There is a client of that name already. */
export class ClientTaken extends AdminError {
  constructor(clientId: string) {
    super(409, { errorMessage: `Client ${clientId} already exists` })
    this.name = 'ClientTaken'
  }
}

/** Fills in the defaults and refuses what the reference refuses. Throws AdminError. */
async function prepare(context: WriteContext, given: ClientRepresentation & { id: string }): Promise<ClientRepresentation> {
  const { services, realm } = context
  const { random, clock, database } = services
  const rows = scopeRows(database)
  const scopes = await rows.list(realm.id)
  const nameOf = new Map(scopes.map((scope) => [scope.id, scope.name]))
  const defaults = await rows.realmDefaults(realm.id)
  const named = (isDefault: number): string[] =>
    defaults.filter((link) => link.is_default === isDefault).flatMap((link) => nameOf.get(link.scope_id) ?? [])
  const client = completeClient(
    given,
    {
      clientScopes: scopes.map((scope) => ({ name: scope.name, protocol: protocolOf(scope) })),
      defaultDefaultClientScopes: named(1),
      defaultOptionalClientScopes: named(0),
    },
    { via: 'admin', random, clock },
  )
  const clientId = client.clientId ?? given.id
  if (clientId !== '' && (await clientRows(database).find(realm.id, clientId)) !== undefined) throw new ClientTaken(clientId)
  const names = (client.protocolMappers ?? []).map(({ protocol, name }) => JSON.stringify([protocol, name]))
  if (new Set(names).size < names.length) throw new ClientTaken(clientId)
  await requireFlows(realm, given.authenticationFlowBindingOverrides)
  // The rights of authorization services are those of the service account.
  if (client.authorizationServicesEnabled && !client.serviceAccountsEnabled) throw unknownError()
  await requireValidClient(context, client)
  return withSigningKeys(context, client)
}

const protocolOf = ({ doc }: ClientScopeRow): string => (JSON.parse(doc) as ClientScopeRepresentation).protocol ?? 'openid-connect'

/** A SAML client that signs gets a key of its own. */
async function withSigningKeys({ services }: WriteContext, client: ClientRepresentation): Promise<ClientRepresentation> {
  const attributes = client.attributes ?? {}
  const signs = client.protocol === 'saml' && attributes['saml.client.signature'] === 'true'
  if (!signs || attributes['saml.signing.certificate'] !== undefined) return client
  const { privateKeyText, certificateText } = await generateClientKeys(client.clientId ?? '', services.clock)
  return {
    ...client,
    attributes: { ...attributes, 'saml.signing.certificate': certificateText, 'saml.signing.private.key': privateKeyText },
  }
}

/** Links the client with the scopes that it names, those of the realm. What it names twice it has by default. */
export async function linkScopes(
  tx: Sql,
  realmId: string,
  id: string,
  client: Pick<ClientRepresentation, 'defaultClientScopes' | 'optionalClientScopes'>,
): Promise<void> {
  const ids = new Map((await scopeRows(tx).list(realmId)).map((scope) => [scope.name, scope.id]))
  const links = [
    ...(client.defaultClientScopes ?? []).map((name) => ({ name, isDefault: true })),
    ...(client.optionalClientScopes ?? []).map((name) => ({ name, isDefault: false })),
  ]
  for (const { name, isDefault } of links) {
    const scopeId = ids.get(name)
    if (scopeId !== undefined) await clientRows(tx).addScope(id, scopeId, isDefault)
  }
}
