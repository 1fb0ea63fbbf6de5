import type { IdentityProviderMapperRepresentation } from '../../representations/identity-provider.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import type { AdminContext } from '../admin-route.ts'
import { requireGroupWithinReach, requireReach } from '../roles/admin-rights.ts'

/** Dots of a name that are looked at. */
const dotsMax = 10

/**
 * Throws 403 for a mapper that gives those who come from a provider a role or a group beyond the caller's reach: whoever manages providers
 * also says who comes from them. The reference lets it be stored.
 */
export async function requireMapperWithinReach(context: AdminContext, { config }: IdentityProviderMapperRepresentation): Promise<void> {
  const { services, realm } = context
  const { role, group } = config ?? {}
  if (role) await requireReach(context, await roleIds(context, role))
  if (!group) return
  const found = await groupRows(services.database).findByPath(realm.id, group.startsWith('/') ? group : `/${group}`)
  if (found) await requireGroupWithinReach(context, found.id)
}

/** All that `client.role` could name, as both parts may have dots; without a client it is a role of the realm. */
async function roleIds({ services, realm }: AdminContext, name: string): Promise<string[]> {
  const rows = roleRows(services.database)
  const ids = [(await rows.find(realm.id, name))?.id]
  for (const { index } of Array.from(name.matchAll(/\./g)).slice(0, dotsMax)) {
    const client = await realm.client(name.slice(0, index))
    if (client) ids.push((await rows.find(client.id, name.slice(index + 1)))?.id)
  }
  return ids.filter((id) => id !== undefined)
}
