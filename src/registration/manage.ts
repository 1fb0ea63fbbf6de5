import { changeRealm } from '../admin/change-realm.ts'
import { isReserved } from '../admin/clients/client-view.ts'
import { isIndispensable } from '../admin/clients/clients.ts'
import { linkScopes } from '../admin/clients/create-client.ts'
import { type ClientPatch, normalized, patchClient, type StoredClient } from '../admin/clients/update-client.ts'
import { forbidden as forbiddenToAll } from '../admin/permissions.ts'
import type { HttpResponse } from '../http/values.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { clientRegistration } from '../storage/client-registration.ts'
import { type ClientRow, clients as clientRows } from '../storage/clients.ts'
import type { Sql } from '../storage/sql.ts'
import { currentToken, readCaller, requireUpdate, requireView } from './caller.ts'
import { corsOf, tokenFor, translated, writerFor } from './create.ts'
import { setDefaultRoles } from './default-roles.ts'
import { clientOfName, clientOfPath, describe } from './describe.ts'
import { requirePermitted } from './policies/policies.ts'
import { badMetadata, type RegistrationRequest } from './request.ts'

export interface Managed {
  readonly row: ClientRow
  /** Undefined where an administrator has asked. */
  readonly token: string | undefined
  readonly cors: Readonly<Record<string, string>>
}

/** The client in the path, for those who may see it. Throws RegistrationRefused, AdminError. */
export async function readClientOfPath(context: RegistrationRequest): Promise<Managed> {
  const caller = await readCaller(context)
  const { row, auth } = await requireView(context, caller, await clientOfPath(context))
  await requirePermitted(context, auth, { kind: 'view' })
  const cors = corsOf(context, caller, auth)
  context.event.clientId = row.client_id
  return { row, token: await currentToken(context, caller), cors }
}

/** What a request wants of a client: the representation that policies look at, and how to change the stored one. */
export interface WantedChange {
  readonly given: ClientRepresentation
  patchOf(before: StoredClient): ClientPatch
}

/**
 * Changes the client in the path. The client's token is void afterwards, another is answered. Throws RegistrationRefused, AdminError.
 *
 * @param read is asked once the caller is known, with the client as it is
 */
export async function changeClientOfPath(
  context: RegistrationRequest,
  read: (before: ClientRepresentation) => WantedChange,
): Promise<Managed> {
  const { services, realm } = context
  const caller = await readCaller(context)
  context.event.clientId = context.request.params['client']
  const { row, auth } = await requireUpdate(context, caller, await clientOfPath(context))
  const before = await describe(context, row)
  const { given, patchOf } = read(before)
  await requirePermitted(context, auth, { kind: 'update', given, before })
  if (given.clientId !== row.client_id) throw badMetadata('Client Identifier modified')
  if (isReserved(context, row)) throw forbiddenToAll()
  const cors = corsOf(context, caller, auth)
  const tokenId = services.random.uuid()
  const token = caller.kind === 'client' ? await tokenFor(context, caller, auth, tokenId) : undefined
  await translated(() =>
    patchClient(
      writerFor(context, auth),
      row,
      (stored) => normalized(patchOf(stored)),
      async (tx) => {
        if (token !== undefined) await clientRegistration(tx).setTokenId(realm.id, row.id, tokenId)
        await replaceScopes(tx, realm.id, row.id, given)
        if (given.defaultRoles) await setDefaultRoles(tx, realm, row.id, given.defaultRoles, services.random)
      },
    ),
  )
  return { row: await clientOfName(context, row.client_id), token, cors }
}

/** Either list given stands for both: what is in neither is no scope of the client any more. */
async function replaceScopes(tx: Sql, realmId: string, id: string, given: ClientRepresentation): Promise<void> {
  if (given.defaultClientScopes === undefined && given.optionalClientScopes === undefined) return
  for (const { scope_id: scopeId } of await clientRows(tx).scopeNames([id])) await clientRows(tx).unlinkScope(id, scopeId)
  await linkScopes(tx, realmId, id, given)
}

/** Removes the client in the path. Throws RegistrationRefused, AdminError. */
export async function removeClientOfPath(context: RegistrationRequest): Promise<HttpResponse> {
  const { realm } = context
  const caller = await readCaller(context)
  context.event.clientId = context.request.params['client']
  const { row, auth } = await requireUpdate(context, caller, await clientOfPath(context))
  await requirePermitted(context, auth, { kind: 'remove' })
  if (isReserved(context, row) || isIndispensable(row)) throw forbiddenToAll()
  const cors = corsOf(context, caller, auth)
  await changeRealm(context, (tx) => clientRows(tx).remove(realm.id, row.id))
  return { status: 204, headers: cors }
}
