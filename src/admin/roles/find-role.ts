import { AdminError } from '../../http/errors.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'

/** What roles belong to: the realm itself, or one of its clients. */
export interface RoleContainer {
  readonly id: string
  /** The client's own id and its clientId. */
  readonly client: { readonly id: string; readonly clientId: string } | undefined
}

/** A role with what it belongs to. */
export interface FoundRole {
  readonly row: RoleRow
  readonly container: RoleContainer
}

/** One of the ways in which paths name roles, with the roles that a caller needs. */
export interface RoleAddress {
  /** The path of a role: `/roles/:role`. */
  readonly path: string
  readonly view: AdminRoute['role']
  readonly manage: AdminRoute['role']
  find(context: AdminContext): Promise<FoundRole>
}

const realmRights = { view: ['view-realm', 'manage-realm'], manage: ['manage-realm'] } as const
const clientRights = { view: ['view-clients', 'manage-clients'], manage: ['manage-clients'] } as const

/** The admin roles that a caller needs for the roles of a container. */
export const rightsFor = (container: RoleContainer) => (container.client === undefined ? realmRights : clientRights)

/** Where the roles of a container are listed and made. Mappers of identity providers give roles of the realm. */
export const roleCollections = [
  { path: '/roles', ...realmRights, list: [...realmRights.view, 'manage-identity-providers'] },
  { path: '/clients/:client/roles', ...clientRights, list: clientRights.view },
] as const

export const namedRoles: readonly RoleAddress[] = roleCollections.map(({ path, view, manage }) => ({
  path: `${path}/:role`,
  view,
  manage,
  find: findNamed,
}))

/** What a caller needs depends on what the role belongs to: see `find`. */
export const rolesById: RoleAddress = { path: '/roles-by-id/:role', view: 'any', manage: 'any', find: findById }

export const roleAddresses: readonly RoleAddress[] = [...namedRoles, rolesById]

/** The realm, or the client that a parameter of the path names. */
export async function findContainer(
  { request, services, realm }: AdminContext,
  parameter = 'client',
  missing = 'Could not find client',
): Promise<RoleContainer> {
  const id = request.params[parameter]
  if (id === undefined) return { id: realm.id, client: undefined }
  const client = await clientRows(services.database).findById(realm.id, id)
  if (client === undefined) throw new AdminError(404, { error: missing })
  return { id, client: { id, clientId: client.client_id } }
}

async function findNamed(context: AdminContext): Promise<FoundRole> {
  const container = await findContainer(context)
  const row = await roleRows(context.services.database).find(container.id, context.request.params['role'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find role' })
  return { row, container }
}

/** The role that the path names by its id; the caller must be allowed to see or, for other methods than GET, to change it. */
async function findById({ request, services, realm, permissions }: AdminContext): Promise<FoundRole> {
  const row = await roleRows(services.database).findById(realm.id, request.params['role'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Could not find role with id' })
  const { client_id } = row
  const client = client_id === null ? undefined : await clientRows(services.database).findById(realm.id, client_id)
  const container = { id: row.container_id, client: client && { id: client.id, clientId: client.client_id } }
  const { view, manage } = rightsFor(container)
  permissions.require(...(request.method === 'GET' ? view : manage))
  return { row, container }
}

export const resourceTypeOf = ({ container }: Pick<FoundRole, 'container'>): 'REALM_ROLE' | 'CLIENT_ROLE' =>
  container.client === undefined ? 'REALM_ROLE' : 'CLIENT_ROLE'
