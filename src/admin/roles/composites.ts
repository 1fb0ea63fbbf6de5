import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentations } from '../../representations/print.ts'
import { roleRepresentation } from '../../representations/role.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { noContent, pageParameters, readRepresentations, wholeListMax } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { requireChangeable, requireReach } from './admin-rights.ts'
import { answerRoles } from './describe-roles.ts'
import { findContainer, type RoleAddress, resourceTypeOf, roleAddresses, rolesById } from './find-role.ts'
import { resourcePathOf } from './resource-path.ts'

export const compositeRoutes: readonly AdminRoute[] = roleAddresses.flatMap((address): AdminRoute[] => {
  const { view, manage } = address
  const path = `${address.path}/composites`
  return [
    { method: 'GET', path, summary: 'What a role is composed of', role: view, handle: (context) => list(context, address) },
    { method: 'POST', path, summary: 'Add roles to a role', role: manage, handle: (context) => change(context, address, 'CREATE') },
    { method: 'DELETE', path, summary: 'Take roles out of a role', role: manage, handle: (context) => change(context, address, 'DELETE') },
    ...[`${path}/realm`, `${path}/clients/:target`].map(
      (below): AdminRoute => ({
        method: 'GET',
        path: below,
        summary: 'Roles of the realm or a client that a role is composed of',
        role: view,
        handle: (context) => listOfContainer(context, address),
      }),
    ),
  ]
})

/** Only roles by id are searched and paged (reference behaviour). */
async function list(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { services, request } = context
  const { row } = await address.find(context)
  const query = readQuery(request)
  const whole = { first: 0, max: wholeListMax }
  const page = address === rolesById ? pageParameters(query, wholeListMax, wholeListMax) : whole
  const search = address === rolesById ? (query.get('search')?.trim() ?? '') : ''
  return answerRoles(services.database, await roleRows(services.database).compositesPage(row.id, search, page))
}

async function listOfContainer(context: AdminContext, address: RoleAddress): Promise<HttpResponse> {
  const { services } = context
  const { row } = await address.find(context)
  const { id } = await findContainer(context, 'target')
  return answerRoles(services.database, await roleRows(services.database).compositesIn(row.id, id))
}

async function change(context: AdminContext, address: RoleAddress, operation: 'CREATE' | 'DELETE'): Promise<HttpResponse> {
  const { services, realm, request } = context
  const { row, container } = await address.find(context)
  await requireChangeable(context, { name: row.name, client: container.client?.clientId ?? null })
  const given = readRepresentations(request, roleRepresentation)
  const ids = given.map(({ id }) => id ?? '')
  const children = await roleRows(services.database).findIds(realm.id, [...new Set(ids)])
  const known = new Set(children.map((child) => child.id))
  if (!ids.every((id) => known.has(id))) throw new AdminError(404, { error: 'Could not find composite role' })
  if (operation === 'CREATE') await requireMappable(context, children)
  await changeRealm(context, (tx) =>
    operation === 'CREATE' ? roleRows(tx).addComposites(row.id, [...known]) : roleRows(tx).removeComposites(row.id, [...known]),
  )
  audit(context, {
    operation,
    resourceType: resourceTypeOf({ container }),
    resourcePath: `${resourcePathOf(address.path, request)}/composites`,
    representation: printRepresentations(roleRepresentation, given),
  })
  return noContent()
}

/** Throws 403 unless the caller manages what the roles belong to, and has the rights that they give (reference behaviour). */
export async function requireMappable(context: AdminContext, rows: readonly RoleRow[]): Promise<void> {
  if (rows.some((row) => row.client_id === null)) context.permissions.require('manage-realm')
  if (rows.some((row) => row.client_id !== null)) context.permissions.require('manage-clients')
  await requireReach(
    context,
    rows.map((row) => row.id),
  )
}
