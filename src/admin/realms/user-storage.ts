import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { ComponentRepresentation } from '../../representations/component.ts'
import { federatedUsers } from '../../storage/federated-users.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json, noContent } from '../bodies.ts'
import { featureNotEnabled } from '../feature-not-enabled.ts'
import { componentKinds } from '../server-info/provider-types.ts'

const manage = ['manage-users'] as const

export const userStorageRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/user-storage/:component/name',
    summary: 'The name of a user storage provider',
    role: ['query-users', 'view-users', 'manage-users'],
    handle: getName,
  },
  {
    method: 'POST',
    path: '/user-storage/:component/remove-imported-users',
    summary: 'Remove the users that came from a user storage provider',
    role: manage,
    handle: removeImported,
  },
  {
    method: 'POST',
    path: '/user-storage/:component/unlink-users',
    summary: 'Make the users of a user storage provider users of the realm',
    role: manage,
    handle: unlink,
  },
  {
    method: 'POST',
    path: '/user-storage/:component/sync',
    summary: 'Fetch the users of a user storage provider',
    role: manage,
    handle: sync,
  },
]

const syncActions: ReadonlySet<string> = new Set(['triggerFullSync', 'triggerChangedUsersSync'])

function findStorage({ request, realm }: AdminContext): ComponentRepresentation & { readonly id: string } {
  const id = request.params['component'] ?? ''
  const found = realm.components.find((component) => component.id === id)
  if (found === undefined) throw new AdminError(404, { error: 'Could not find component' })
  if (found.providerType !== componentKinds.userStorage) throw new AdminError(404, { error: 'found, but not a UserStorageProvider' })
  return { ...found, id }
}

async function getName(context: AdminContext): Promise<HttpResponse> {
  const { id, name } = findStorage(context)
  return json({ name, id })
}

async function removeImported(context: AdminContext): Promise<HttpResponse> {
  await federatedUsers(context.services.database).remove(context.realm.id, findStorage(context).id)
  return noContent()
}

async function unlink(context: AdminContext): Promise<HttpResponse> {
  await federatedUsers(context.services.database).unlink(context.realm.id, findStorage(context).id)
  return noContent()
}

/** Providers are stored, and none of their servers is asked for people yet. */
async function sync(context: AdminContext): Promise<HttpResponse> {
  findStorage(context)
  const action = readQuery(context.request).get('action') ?? ''
  if (action === '') throw new AdminError(400, { error: 'Missing action' })
  if (!syncActions.has(action)) throw new AdminError(400, { error: `Unknown action: ${action}` })
  throw featureNotEnabled()
}
