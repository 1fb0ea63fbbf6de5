import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type Representation, table, text } from '../../representations/fields.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { consoleRoles, type HeldRoleRow, type RoleHolder } from '../../storage/console-roles.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import { containing } from '../../storage/like.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { noContent, pageParameters, readRepresentations, silentJson } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireReach } from '../roles/admin-rights.ts'
import { findUser } from '../users/users.ts'

/** Who sees and who changes the roles of a holder, and what the audit log calls them. */
interface Holder {
  readonly view: readonly string[]
  readonly manage: readonly string[]
  /** Whose rights the console wants before it offers roles; for roles the reference asks for other ones than to change them. */
  readonly offer: readonly string[]
  readonly resourceType: string
  require(context: AdminContext, id: string): Promise<void>
}

const requireRole = async ({ services, realm }: AdminContext, id: string): Promise<void> => {
  if ((await roleRows(services.database).findById(realm.id, id)) === undefined) throw new AdminError(404, { error: 'Could not find role' })
}

const holders: Readonly<Record<RoleHolder, Holder>> = {
  users: {
    view: ['view-users', 'manage-users'],
    manage: ['manage-users'],
    offer: ['manage-users'],
    resourceType: 'REALM_ROLE_MAPPING',
    async require(context, id) {
      await findUser({ ...context, request: { ...context.request, params: { ...context.request.params, user: id } } })
    },
  },
  groups: {
    view: ['view-users', 'manage-users'],
    manage: ['manage-users'],
    offer: ['manage-users'],
    resourceType: 'REALM_ROLE_MAPPING',
    async require({ services, realm }, id) {
      if ((await groupRows(services.database).findById(realm.id, id)) === undefined)
        throw new AdminError(404, { error: 'Could not find group' })
    },
  },
  clients: {
    view: ['view-clients', 'manage-clients'],
    manage: ['manage-clients'],
    offer: ['manage-clients'],
    resourceType: 'CLIENT_SCOPE_MAPPING',
    async require({ services, realm }, id) {
      if ((await clientRows(services.database).findById(realm.id, id)) === undefined)
        throw new AdminError(404, { error: 'Could not find client' })
    },
  },
  clientScopes: {
    view: ['view-clients', 'manage-clients'],
    manage: ['manage-clients'],
    offer: ['manage-clients'],
    resourceType: 'CLIENT_SCOPE_MAPPING',
    async require({ realm }, id) {
      if (!realm.clientScopes.some((scope) => scope.id === id)) throw new AdminError(404, { error: 'Could not find client scope' })
    },
  },
  roles: {
    view: ['view-realm', 'manage-realm'],
    manage: ['manage-realm'],
    offer: ['manage-users'],
    resourceType: 'REALM_ROLE',
    require: requireRole,
  },
}

export const consoleRoleRoutes: readonly AdminRoute[] = (Object.entries(holders) as [RoleHolder, Holder][]).flatMap(
  ([holder, { view, manage }]): AdminRoute[] => [
    {
      method: 'GET',
      path: `/ui-ext/available-roles/${holder}/:id`,
      summary: 'Client roles that could be given',
      role: 'caller',
      handle: (context) => listAvailable(context, holder),
    },
    {
      method: 'GET',
      path: `/ui-ext/effective-roles/${holder}/:id`,
      summary: 'Client roles that something has in whatever way',
      role: view,
      handle: (context) => listEffective(context, holder, false),
    },
    {
      method: 'GET',
      path: `/ui-ext/effective-roles-all/${holder}/:id`,
      summary: 'Roles that something has in whatever way',
      role: view,
      handle: (context) => listEffective(context, holder, true),
    },
    {
      method: 'POST',
      path: `/ui-ext/role-mapping-delete/${holder}/:id`,
      summary: 'Take roles of several clients at once',
      role: manage,
      handle: (context) => removeRoles(context, holder),
    },
  ],
)

const idOf = ({ request }: AdminContext): string => request.params['id'] ?? ''

/** Roles of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

const descriptionOf = (doc: string): { description?: string } => {
  const { description } = JSON.parse(doc) as RoleRepresentation
  return description === undefined ? {} : { description }
}

const clientRole = (row: HeldRoleRow): object => ({
  id: row.id,
  role: row.name,
  client: row.client,
  clientId: row.client_id,
  ...descriptionOf(row.doc),
})

/** Whoever could give no role is offered none. Rights that are not the caller's to give are listed, and refused when he gives them (reference behaviour). */
async function listAvailable(context: AdminContext, holder: RoleHolder): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const query = readQuery(request)
  await holders[holder].require(context, idOf(context))
  if (!permissions.has(...holders[holder].offer)) return silentJson([])
  const wanted = { ...pageParameters(query, pageDefault), pattern: containing(query.get('search')) }
  const rows = await consoleRoles(services.database).available(holder, idOf(context), realm.id, wanted)
  return silentJson(rows.map(clientRole))
}

async function listEffective(context: AdminContext, holder: RoleHolder, all: boolean): Promise<HttpResponse> {
  await holders[holder].require(context, idOf(context))
  const rows = await consoleRoles(context.services.database).effective(holder, idOf(context), context.realm.id)
  if (!all) return silentJson(rows.filter((row) => row.client_id !== null).map(clientRole))
  return silentJson(
    rows.map((row) => ({
      id: row.id,
      name: row.name,
      ...descriptionOf(row.doc),
      clientRole: row.client_id !== null,
      ...(row.client_id === null ? {} : { client: row.client, clientId: row.client_id }),
    })),
  )
}

const roleDeleteRequest = table('RoleDeleteRequest', { roleId: text, roleName: text, clientId: text })

type RoleDeleteRequest = Representation<typeof roleDeleteRequest>

/** By their ids; what the holder does not have is left out. */
async function removeRoles(context: AdminContext, holder: RoleHolder): Promise<HttpResponse> {
  const { request, services, realm } = context
  const id = idOf(context)
  const given: readonly RoleDeleteRequest[] = readRepresentations(request, roleDeleteRequest)
  await holders[holder].require(context, id)
  if (given.some(({ roleId }) => roleId === undefined)) throw new AdminError(400, { error: 'roleId is missing' })
  const ids = given.flatMap(({ roleId }) => (roleId === undefined ? [] : [roleId]))
  const rows = await consoleRoles(services.database).ofIds(realm.id, ids)
  await requireReach(
    context,
    rows.map((row) => row.id),
  )
  await changeRealm(context, (tx) =>
    consoleRoles(tx).remove(
      holder,
      id,
      rows.map((row) => row.id),
    ),
  )
  const resourcePath = `ui-ext/role-mapping-delete/${holder}/${id}`
  audit(context, { operation: 'DELETE', resourceType: holders[holder].resourceType, resourcePath })
  return noContent()
}
