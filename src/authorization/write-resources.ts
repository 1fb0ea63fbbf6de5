import type { Random } from '../crypto/random.ts'
import { AdminError } from '../http/errors.ts'
import type { ResourceRepresentation, ScopeRepresentation } from '../representations/authorization.ts'
import { authorizationPolicies } from '../storage/authorization-policies.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../storage/authorization-resources.ts'
import { authorizationScopes } from '../storage/authorization-scopes.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'
import type { ResourceServer } from './resource-server.ts'

/** Where a write happens. */
export interface ServerContext {
  readonly tx: Sql
  readonly realmId: string
  readonly server: ResourceServer
  readonly random: Random
}

/** The reference's database has no row without a name, and says no more than that. */
export const duplicateResource = (): AdminError => new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })

export const invalidRequest = (description: string): AdminError =>
  new AdminError(400, { error: 'invalid_request', error_description: description })

/** The id of an owner given by id or username; the server's own when none is given. */
export async function ownerIdOf(sql: Sql, realmId: string, server: ResourceServer, given: string | undefined): Promise<string | undefined> {
  if (given === undefined || given === server.id || given === server.clientId) return server.id
  return ((await userRows(sql).findById(realmId, given)) ?? (await userRows(sql).find(realmId, given.toLowerCase())))?.id
}

/** Ids of the scopes of a resource, in the given order; a scope that there is not yet is made. */
async function scopeIdsOf({ tx, server, random }: ServerContext, given: readonly ScopeRepresentation[]): Promise<string[]> {
  const ids = new Set<string>()
  for (const { id, name, displayName, iconUri } of given) {
    const stored = authorizationScopes(tx)
    const known =
      (id === undefined ? undefined : await stored.findById(server.id, id)) ??
      (name === undefined ? undefined : await stored.find(server.id, name))
    if (known === undefined && name === undefined) throw duplicateResource()
    const scopeId = known?.id ?? id ?? random.uuid()
    if (known === undefined) await stored.insert(server.id, { id: scopeId, name: name ?? '', displayName, iconUri })
    ids.add(scopeId)
  }
  return [...ids]
}

/** Makes a resource, or changes the one of the given id. Throws AdminError: no name, a name that its owner has given already, an owner that there is not. */
export async function createResource(context: ServerContext, given: ResourceRepresentation): Promise<AuthorizationResourceRow> {
  const { tx, server, realmId, random } = context
  const stored = authorizationResources(tx)
  const { name } = given
  const owner = given.owner?.id ?? given.owner?.name
  const ownerId = await ownerIdOf(tx, realmId, server, owner)
  if (ownerId === undefined) throw invalidRequest(`Owner must be a valid username or user identifier. User id: ${owner ?? ''}`)
  if (name === undefined) throw duplicateResource()
  const existing = await stored.find(server.id, ownerId, name)
  if (existing !== undefined) {
    throw new AdminError(409, { error: 'invalid_request', error_description: `Resource with name [${name}] already exists.` })
  }
  const id = given._id ?? random.uuid()
  const known = given._id === undefined ? undefined : await stored.findById(server.id, id)
  if (known !== undefined) {
    await updateResource(context, known, given)
    return requireRow(tx, server, id)
  }
  await stored.insert(server.id, { ...membersOf(given, name), id, ownerId })
  await stored.replaceUris(id, urisOf(given))
  await stored.replaceAttributes(id, given.attributes ?? {})
  await stored.replaceScopes(id, await scopeIdsOf(context, given.scopes ?? []))
  return requireRow(tx, server, id)
}

const urisOf = ({ uris = [] }: ResourceRepresentation): string[] => uris.filter((uri) => uri.trim() !== '')

const membersOf = (given: ResourceRepresentation, name: string) => ({
  name,
  // Without text it has none (reference behaviour).
  type: given.type || undefined,
  displayName: given.displayName,
  iconUri: given.icon_uri,
  ownerManagedAccess: given.ownerManagedAccess ?? false,
})

async function requireRow(tx: Sql, server: ResourceServer, id: string): Promise<AuthorizationResourceRow> {
  const row = await authorizationResources(tx).findById(server.id, id)
  if (row === undefined) throw new Error('a resource that was just written is not there')
  return row
}

/** A PUT: what is absent goes, but for the attributes. The owner stays. Throws AdminError: a name that its owner has given to another. */
export async function updateResource(context: ServerContext, row: AuthorizationResourceRow, given: ResourceRepresentation): Promise<void> {
  const { tx, server } = context
  const stored = authorizationResources(tx)
  const name = given.name ?? row.name
  if (name !== row.name && (await stored.find(server.id, row.owner_id, name)) !== undefined) throw duplicateResource()
  await stored.update({ ...membersOf(given, name), id: row.id })
  await stored.replaceUris(row.id, urisOf(given))
  if (given.attributes !== undefined) await stored.replaceAttributes(row.id, given.attributes)
  await stored.replaceScopes(row.id, await scopeIdsOf(context, given.scopes ?? []))
}

/** Removes a resource, and permissions that were for it alone (reference behaviour). */
export async function removeResource({ tx, server }: ServerContext, id: string): Promise<void> {
  const only = await authorizationPolicies(tx).onlyForResource(id)
  await authorizationPolicies(tx).remove(only.map((policy) => policy.id))
  await authorizationResources(tx).remove(server.id, id)
}

/** Makes a scope, or changes the one of the same name or id. Returns its id. */
export async function saveScope({ tx, server, random }: ServerContext, given: ScopeRepresentation): Promise<string> {
  const { name, displayName, iconUri } = given
  if (name === undefined) throw duplicateResource()
  const stored = authorizationScopes(tx)
  const known = (given.id === undefined ? undefined : await stored.findById(server.id, given.id)) ?? (await stored.find(server.id, name))
  if (known !== undefined) {
    if (known.name !== name && (await stored.find(server.id, name)) !== undefined) throw duplicateResource()
    await stored.update(server.id, { id: known.id, name, displayName, iconUri })
    return known.id
  }
  const id = given.id ?? random.uuid()
  await stored.insert(server.id, { id, name, displayName, iconUri })
  return id
}

/** Removes a scope, and permissions that were for it alone. Throws AdminError when a resource has it. */
export async function removeScope({ tx, server }: ServerContext, id: string): Promise<void> {
  if (await authorizationScopes(tx).isUsed(id))
    throw new AdminError(400, { errorMessage: 'Scopes can not be removed while associated with resources.' })
  const only = await authorizationPolicies(tx).onlyForScope(id)
  await authorizationPolicies(tx).remove(only.map((policy) => policy.id))
  await authorizationScopes(tx).remove(server.id, id)
}
