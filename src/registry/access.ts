import { audit } from '../admin/admin-route.ts'
import { changeRealm } from '../admin/change-realm.ts'
import { AdminError } from '../http/errors.ts'
import { roleMappings } from '../storage/role-mappings.ts'
import type { Sql } from '../storage/sql.ts'
import { accessClients, requireSystem } from './describe.ts'
import { again, auditRoles, type Container, clientContainer, ensureRoles, requireGivable } from './grants.ts'
import { requireAccess, type SystemAccess } from './rules.ts'
import type { RegistryContext } from './services.ts'

/**
 * Gives a system the roles of what it may reach and takes all others of the two clients from it. Clients and roles are made when missing;
 * roles that nobody has any more stay. Throws AdminError: 400, 403, 404.
 */
export async function setAccess(context: RegistryContext, name: string, given: SystemAccess): Promise<void> {
  const access = requireAccess(given)
  const { user_id: userId } = await requireSystem(context, name)
  if (userId === null) throw new AdminError(409, { errorMessage: `The client of external system ${name} has no service account` })
  const parts = [
    { container: await again(() => clientContainer(context, accessClients.searchConditions)), names: access.searchConditions },
    { container: await again(() => clientContainer(context, accessClients.businessProcesses)), names: access.businessProcesses },
  ]
  for (const { container, names } of parts) await requireGivable(context, container, names)
  const made = await again(() =>
    changeRealm(context, async (tx) => {
      const names: (readonly string[])[] = []
      for (const part of parts) names.push(await replaceRoles(context, tx, userId, part.container, part.names))
      return names
    }),
  )
  for (const [index, { container }] of parts.entries()) auditRoles(context, container, made[index] ?? [])
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'CLIENT',
    resourcePath: `external-systems/${name}/access`,
    representation: JSON.stringify(access),
  })
}

/** The user has these roles of the container afterwards, and no others of it. Returns the names of those that were not there before. */
async function replaceRoles(
  context: RegistryContext,
  tx: Sql,
  userId: string,
  container: Container,
  names: readonly string[],
): Promise<readonly string[]> {
  const mappings = roleMappings(tx, 'user', userId)
  const { ids, made } = await ensureRoles(context, tx, container, names)
  const gone = (await mappings.own(container.id)).filter(({ id }) => !ids.includes(id))
  await mappings.remove(gone.map(({ id }) => id))
  await mappings.add(ids)
  return made
}
