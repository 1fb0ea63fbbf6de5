import { audit } from '../admin/admin-route.ts'
import { clientForAudit } from '../admin/clients/client-audit.ts'
import { makeClient } from '../admin/clients/create-client.ts'
import { requireChangeable, requireReach } from '../admin/roles/admin-rights.ts'
import { AdminError } from '../http/errors.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { roles as roleRows } from '../storage/roles.ts'
import { type Sql, UniqueViolation } from '../storage/sql.ts'
import type { RegistryContext } from './services.ts'

/** What roles belong to: the realm, or one of its clients. */
export interface Container {
  readonly id: string
  /** Undefined for the realm itself. */
  readonly client: { readonly id: string; readonly clientId: string } | undefined
}

export const realmContainer = ({ realm }: RegistryContext): Container => ({ id: realm.id, client: undefined })

/** The client that has the roles, made when there is none: a bearer-only one, by which nobody can log in. */
export async function clientContainer(context: RegistryContext, clientId: string): Promise<Container> {
  const { services, realm } = context
  const found = await clientRows(services.database).find(realm.id, clientId)
  if (found !== undefined) return { id: found.id, client: { id: found.id, clientId } }
  const given = { clientId, bearerOnly: true, publicClient: false, standardFlowEnabled: false, directAccessGrantsEnabled: false }
  const { client } = await makeClient(context, { ...given, protocol: 'openid-connect' })
  audit(context, {
    operation: 'CREATE',
    resourceType: 'CLIENT',
    resourcePath: `clients/${client.id}`,
    representation: clientForAudit({ ...given, id: client.id }),
  })
  return { id: client.id, client: { id: client.id, clientId } }
}

/**
 * Throws AdminError 403 when the caller may not give all of the roles: nobody hands out rights that he does not have, and nobody makes a role
 * that the server itself takes for a right.
 */
export async function requireGivable(context: RegistryContext, container: Container, names: readonly string[]): Promise<void> {
  const found = await roleRows(context.services.database).findNames(container.id, names)
  await requireReach(
    context,
    found.map(({ id }) => id),
  )
  const known = new Set(found.map(({ name }) => name))
  for (const name of names) if (!known.has(name)) await requireChangeable(context, { name, client: container.client?.clientId ?? null })
}

export interface EnsuredRoles {
  readonly ids: readonly string[]
  /** Names of those that were not there. */
  readonly made: readonly string[]
}

/** The ids of the roles of a container, inside a transaction; those that there are not are made. */
export async function ensureRoles(
  { services, realm }: RegistryContext,
  tx: Sql,
  container: Container,
  names: readonly string[],
): Promise<EnsuredRoles> {
  const known = new Map((await roleRows(tx).findNames(container.id, names)).map(({ name, id }) => [name, id]))
  const made = names.filter((name) => !known.has(name))
  for (const name of made) {
    const id = services.random.uuid()
    await roleRows(tx).insert(realm.id, { id, clientId: container.client?.id ?? null, name, doc: '{}' })
    known.set(name, id)
  }
  return { ids: [...known.values()], made }
}

/** Roles that were made are told as the Admin API tells them. */
export function auditRoles(context: RegistryContext, { client }: Container, made: readonly string[]): void {
  for (const name of made) {
    audit(context, {
      operation: 'CREATE',
      resourceType: client === undefined ? 'REALM_ROLE' : 'CLIENT_ROLE',
      resourcePath: client === undefined ? `roles/${name}` : `clients/${client.id}/roles/${name}`,
      representation: JSON.stringify({ name, composite: false, clientRole: client !== undefined }),
    })
  }
}

/** Two callers may make the same role, or the client that has it, at once: the second one finds it there when he tries again. */
export async function again<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    const lost = error instanceof UniqueViolation || (error instanceof AdminError && error.status === 409)
    if (!lost) throw error
    return work()
  }
}
